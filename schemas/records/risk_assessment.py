"""Risk assessments: a filled form, as it was. Its total and level are computed; two forms on one day both stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.base import RecordType
from schemas.fields import Code, Date, Int, ListOf, LogOf, Obj, Ref, Str, Text
from schemas.placement import WithParent

MOST = 3
LEVELS = ("low", "moderate", "high", "critical")
"""A quarter of the greatest total each."""


def total(fields: Mapping[str, Any]) -> int:
    """The sum of the points."""
    return sum(answer["points"] for answer in fields.get("answers") or ())


def level(fields: Mapping[str, Any]) -> int | None:
    """The place in LEVELS: by the share of the greatest total, so that it suits a form of any length. None without
    answers."""
    answers = fields.get("answers") or ()
    return min(total(fields) * len(LEVELS) // (MOST * len(answers)), len(LEVELS) - 1) if answers else None


class RiskAssessment(RecordType):
    class Meta:
        name = "risk_assessment"
        title = ("Оценка риска", "Risk assessment")
        groups = (("main", "Основное", "Main"), ("answers", "Ответы", "Answers"))
        feed = WithParent("family", instead=("person",))
        display = ("form", "date")
        date_field = "date"
        standing = ("level",)
        since = 3

    family = Ref(
        "family", merge="once", required_without=("person",), indexed=True, group="main", label=("Семья", "Family")
    )
    person = Ref(
        "person",
        merge="once",
        indexed=True,
        group="main",
        label=("Ребёнок", "Child"),
        hint=("Если оценивается один ребёнок.", "If one child is assessed."),
    )
    form = Code("risk_forms", merge="once", required=True, indexed=True, group="main", label=("Форма", "Form"))
    form_version = Str(
        merge="once", required=True, max_length=30, group="main", label=("Редакция", "Version"), example="1"
    )
    assessor = Ref("worker", merge="once", required=True, indexed=True, group="main", label=("Кто оценил", "Assessor"))
    date = Date(max="now", merge="once", required=True, indexed=True, group="main", label=("Дата", "Date"))
    visit = Ref("visit", merge="once", indexed=True, group="main", label=("Посещение", "Visit"))
    answers = ListOf(
        Obj(
            {
                "question": Code("risk_questions", required=True, label=("Вопрос", "Question")),
                "points": Int(min=0, max=MOST, required=True, label=("Баллы, 0–3", "Points, 0–3")),
            }
        ),
        max_items=100,
        merge="once",
        required=True,
        group="answers",
        label=("Ответы", "Answers"),
        hint=("0 — благополучно, 3 — опасно.", "0: all is well, 3: dangerous."),
    )
    conclusion = Text(merge="once", group="answers", label=("Вывод", "Conclusion"))
    remarks = LogOf(Text(max_length=2000), group="answers", label=("Замечания", "Remarks"))
