"""Categories of families and of people in them, dated: СОП, ТЖС, low income, a disabled child … They overlap.

One record is one interval; who extends it while another ends it meets a conflict (`to` is guarded). СОП is the
juvenile commission's decision: a tablet proposes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Code, Date, Ref, Str
from schemas.placement import WithParent

OF_PERSON = ("disabled_child", "sen_child")


class Category(RecordType):
    class Meta:
        name = "category"
        title = ("Категория", "Category")
        groups = (("main", "Основное", "Main"), ("basis", "Основание", "Basis"))
        feed = WithParent("family", instead=("person",))
        display = ("code", "date_from")
        date_field = "date_from"
        since = 3

    family = Ref(
        "family", merge="once", required_without=("person",), indexed=True, group="main", label=("Семья", "Family")
    )
    person = Ref(
        "person",
        merge="once",
        indexed=True,
        group="main",
        label=("Человек", "Person"),
        hint=("Если категория у одного человека.", "If it is one person's category."),
    )
    code = Code(
        "categories",
        reserved=("sop",),
        merge="once",
        required=True,
        indexed=True,
        group="main",
        label=("Категория", "Category"),
        hint=(
            "СОП устанавливает комиссия: с планшета это предложение.",
            "СОП is the commission's decision: from a tablet it is a proposal.",
        ),
    )
    date_from = Date(merge="guarded", required=True, indexed=True, group="main", label=("С", "From"))
    date_to = Date(
        merge="guarded",
        indexed=True,
        group="main",
        label=("По", "To"),
        hint=("Пусто: действует.", "Empty: in force."),
    )
    basis = Str(
        merge="guarded",
        required_if=("code", ("sop", "low_income")),
        group="basis",
        label=("Документ-основание", "Basis document"),
        hint=("Вид, номер и дата: постановление КДН, справка.", "Kind, number and date of the document."),
        example="Постановление КДН № 12 от 03.05.2014",
    )
    removal_basis = Str(
        merge="guarded",
        group="basis",
        label=("Основание снятия", "Basis of the removal"),
        example="Постановление КДН № 40 от 03.11.2014",
    )

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not days_in_order(fields.get("date_from"), fields.get("date_to")):
            yield "date_to"

    def doubts(self, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if fields.get("code") in OF_PERSON and not fields.get("person"):
            yield "person", "doubt.whose"
