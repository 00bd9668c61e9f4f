"""Handing a family over to somebody who can help: to whom, why, on what ground, by when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Code, Date, LogOf, Phone, Ref, States, Str, Text
from schemas.placement import WithParent

OPEN = ("draft", "sent", "accepted", "in_progress")
"""The states in which somebody still works with it, or will."""


class Referral(RecordType):
    class Meta:
        name = "referral"
        title = ("Направление", "Referral")
        groups = (("main", "Основное", "Main"), ("ground", "Основание", "Ground"), ("work", "Ход работы", "Progress"))
        feed = WithParent("family")
        display = ("to", "due")
        date_field = "made_on"
        since = 3

    family = Ref("family", merge="once", required=True, indexed=True, group="main", label=("Семья", "Family"))
    person = Ref(
        "person",
        merge="once",
        indexed=True,
        group="main",
        label=("Человек", "Person"),
        hint=("Кого направляют, если не всю семью.", "Who is referred, if not the whole family."),
    )
    to = Str(
        merge="guarded",
        normalise="fold",
        required=True,
        indexed=True,
        group="main",
        label=("Куда", "To"),
        example="Центр занятости населения",
    )
    institution = Ref("institution", merge="latest", indexed=True, group="main", label=("Учреждение", "Institution"))
    phone = Phone(merge="latest", group="main", label=("Телефон", "Phone"))
    reason = Text(merge="latest", required=True, group="main", label=("Причина", "Reason"))
    need = Code("needs", merge="latest", indexed=True, group="main", label=("Потребность", "Need"))
    visit = Ref("visit", merge="once", indexed=True, group="main", label=("Посещение", "Visit"))
    made_on = Date(merge="once", required=True, indexed=True, group="main", label=("Дата", "Made on"))
    due = Date(merge="latest", required=True, indexed=True, group="main", label=("Срок", "Due"))
    purpose = Code(
        "purposes",
        merge="latest",
        required=True,
        indexed=True,
        group="ground",
        label=("Цель обработки данных", "Purpose"),
        hint=(
            "От неё зависит, нужно ли согласие.",
            "It decides whether a consent is needed.",
        ),
    )
    consent = Ref("consent", merge="latest", indexed=True, group="ground", label=("Согласие", "Consent"))
    status = States(
        (
            ("draft", "Черновик", "Draft"),
            ("sent", "Отправлено", "Sent"),
            ("accepted", "Принято", "Accepted"),
            ("declined", "Отклонено", "Declined"),
            ("in_progress", "В работе", "In progress"),
            ("done", "Выполнено", "Done"),
            ("not_done", "Не выполнено", "Not done"),
            ("stopped", "Прекращено", "Stopped"),
        ),
        transitions={
            None: ("draft", "sent"),
            "draft": ("sent", "stopped"),
            "sent": ("accepted", "declined", "in_progress", "done", "not_done", "stopped"),
            "accepted": ("in_progress", "done", "not_done", "stopped"),
            "in_progress": ("done", "not_done", "stopped"),
            "declined": ("sent",),
            "not_done": ("in_progress", "done"),
            "done": ("in_progress",),
            "stopped": ("sent",),
        },
        indexed=True,
        group="work",
        label=("Состояние", "Status"),
    )
    replies = LogOf(Text(max_length=4000), group="work", label=("Ответы", "Replies"))

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not days_in_order(fields.get("made_on"), fields.get("due")):
            yield "due"
