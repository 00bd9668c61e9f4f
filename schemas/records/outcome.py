"""What became of a child: returned home, placed, adopted … Nothing is replaced; a reversal is a new record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.fields import Code, Date, Ref, SetOf, Str, Text
from schemas.placement import WithParent


class Outcome(RecordType):
    class Meta:
        name = "outcome"
        title = ("Результат работы с ребёнком", "Outcome of a child")
        groups = (("main", "Основное", "Main"), ("basis", "Основание", "Basis"))
        feed = WithParent("child")
        display = ("kind", "date")
        date_field = "date"
        since = 3

    child = Ref("person", merge="once", required=True, indexed=True, group="main", label=("Ребёнок", "Child"))
    family = Ref(
        "family",
        merge="once",
        indexed=True,
        group="main",
        label=("Семья", "Family"),
        hint=("В какой семье или из какой.", "Into which family, or from which."),
    )
    kind = Code("outcomes", merge="once", required=True, indexed=True, group="main", label=("Результат", "Outcome"))
    date = Date(max="now", merge="once", required=True, indexed=True, group="main", label=("Дата", "Date"))
    program = Ref("program", merge="once", indexed=True, group="main", label=("Программа", "Programme"))
    parents = SetOf(
        Ref("person"),
        group="basis",
        label=("Чьи права прекращены", "Whose rights ended"),
        hint=("При лишении родительских прав.", "When parental rights are terminated."),
    )
    basis = Str(
        merge="once",
        required=True,
        group="basis",
        label=("Документ-основание", "Basis document"),
        example="Решение суда № 2-15 от 03.05.2014",
    )
    reverses = Ref(
        "outcome",
        merge="once",
        indexed=True,
        group="basis",
        label=("Отменяет результат", "Reverses"),
        hint=("Если тот результат отменён: ребёнок возвращён и подобное.", "If that outcome was reversed."),
    )
    note = Text(merge="latest", group="basis", label=("Примечание", "Note"))

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if fields.get("parents") and fields.get("kind") != "rights_terminated":
            yield "parents"

    def sample(self) -> dict[str, Any]:
        return super().sample() | {"kind": "rights_terminated"}
