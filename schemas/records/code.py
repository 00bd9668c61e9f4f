"""A region's own entry of a code list: a label of its own, an end, or a value that the defaults do not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Date, Str
from schemas.placement import Reference


class CodeEntry(RecordType):
    class Meta:
        name = "code"
        title = ("Значение справочника", "Code list entry")
        groups = (("main", "Основное", "Main"),)
        feed = Reference()
        writer = "office"
        display = ("label_ru", "list")
        since = 3

    list = Str(
        merge="once",
        required=True,
        indexed=True,
        pattern="[a-z][a-z0-9_]{0,59}",
        group="main",
        label=("Справочник", "List"),
        example="needs",
    )
    value = Str(
        merge="once",
        required=True,
        indexed=True,
        pattern="[a-z0-9][a-z0-9_]{0,59}",
        group="main",
        label=("Код", "Value"),
        example="firewood",
    )
    label_ru = Str(
        merge="latest",
        required=True,
        indexed=True,
        sortable=True,
        group="main",
        label=("Название", "Russian label"),
        example="Дрова",
    )
    label_en = Str(merge="latest", group="main", label=("Название по-английски", "English label"), example="Firewood")
    date_from = Date(merge="latest", group="main", label=("Действует с", "From"))
    date_to = Date(merge="latest", group="main", label=("Действует по", "To"))

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not days_in_order(fields.get("date_from"), fields.get("date_to")):
            yield "date_to"
