"""Regional programmes under which teams work («Здоровая семья», «Дети в семье» …)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Date, Str, Text
from schemas.placement import Reference


class Program(RecordType):
    class Meta:
        name = "program"
        title = ("Программа", "Programme")
        groups = (("main", "Основное", "Main"),)
        feed = Reference()
        writer = "office"
        display = ("name",)

    name = Str(
        merge="latest",
        required=True,
        indexed=True,
        sortable=True,
        group="main",
        label=("Название", "Name"),
        example="Здоровая семья",
    )
    description = Text(merge="latest", group="main", label=("Описание", "Description"))
    date_from = Date(merge="latest", group="main", label=("Начало", "From"))
    date_to = Date(merge="latest", group="main", label=("Окончание", "To"))

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not days_in_order(fields.get("date_from"), fields.get("date_to")):
            yield "date_to"
