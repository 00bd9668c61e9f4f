"""Who looks after a family: its curator (one at a time), social agents and others, by dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Code, Date, Ref, Str
from schemas.placement import WithParent


class Assignment(RecordType):
    class Meta:
        name = "assignment"
        title = ("Закрепление специалиста", "Assignment")
        groups = (("main", "Основное", "Main"),)
        feed = WithParent("family")
        display = ("role", "worker")
        date_field = "date_from"
        since = 3

    family = Ref("family", merge="once", required=True, indexed=True, group="main", label=("Семья", "Family"))
    role = Code(
        "assignment_roles",
        merge="once",
        required=True,
        indexed=True,
        group="main",
        label=("В качестве", "Role"),
        hint=("Куратор у семьи один.", "A family has one curator."),
    )
    worker = Ref("worker", merge="once", required=True, indexed=True, group="main", label=("Специалист", "Worker"))
    date_from = Date(merge="guarded", required=True, indexed=True, group="main", label=("С", "From"))
    date_to = Date(merge="guarded", indexed=True, group="main", label=("По", "To"))
    basis = Str(merge="latest", group="main", label=("Основание", "Basis"), example="Приказ № 7 от 03.05.2014")

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not days_in_order(fields.get("date_from"), fields.get("date_to")):
            yield "date_to"
