"""Visits: one посещение a family, trip and day. Each specialist who came writes a visit_part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import moments_in_order
from schemas.fields import (
    Bool,
    Code,
    Date,
    DateTime,
    Enum,
    LogOf,
    Num,
    Obj,
    Phone,
    Ref,
    SetOf,
    States,
    Text,
)
from schemas.placement import WithParent

_RESULTS = (
    ("held", "Состоялось", "Held"),
    ("not_at_home", "Не застали", "Nobody at home"),
    ("not_admitted", "Не допустили в жилище", "Not admitted"),
    ("refused", "Отказ от услуг", "Services refused"),
    ("not_resident", "Не проживают", "Do not live there"),
    ("rescheduled", "Перенесено", "Rescheduled"),
)
_ALL_RESULTS = tuple(value for value, _, _ in _RESULTS)


class Visit(RecordType):
    class Meta:
        name = "visit"
        title = ("Посещение", "Visit")
        groups = (
            ("main", "Основное", "Main"),
            ("work", "Что выявлено и сделано", "Findings and work"),
            ("next", "Дальше", "Next"),
            ("review", "Проверка", "Review"),
        )
        feed = WithParent("family")
        display = ("started_at", "kind")
        date_field = "started_at"
        signing = ("signed_at", "review_state")

    family = Ref("family", merge="once", required=True, indexed=True, group="main", label=("Семья", "Family"))
    trip = Ref("trip", merge="once", indexed=True, group="main", label=("Выезд", "Trip"))
    kind = Enum(
        (
            ("initial", "Первичное", "Initial"),
            ("repeat", "Повторное", "Repeat"),
            ("control", "Контрольное", "Control"),
            ("emergency", "Экстренное", "Emergency"),
        ),
        merge="latest",
        required=True,
        indexed=True,
        group="main",
        label=("Вид", "Kind"),
    )
    planned = Bool(merge="latest", indexed=True, group="main", label=("Плановое", "Planned"))
    planned_at = DateTime(merge="latest", group="main", label=("Назначено на", "Planned for"))
    started_at = DateTime(merge="latest", required=True, indexed=True, group="main", label=("Начало", "Started"))
    ended_at = DateTime(merge="latest", indexed=True, group="main", label=("Окончание", "Ended"))
    result = States(
        _RESULTS,
        transitions={None: _ALL_RESULTS}
        | {before: tuple(after for after in _ALL_RESULTS if after != before) for before in _ALL_RESULTS},
        required=True,
        indexed=True,
        group="main",
        label=("Результат", "Result"),
    )
    purpose = Text(merge="latest", group="main", label=("Цель", "Purpose"))
    participants = SetOf(Ref("worker"), group="main", label=("Участники", "Participants"))
    needs = SetOf(Code("needs"), group="work", label=("Потребности", "Needs"))
    circumstances = SetOf(
        Code("circumstances"), group="work", label=("Выявленные обстоятельства", "Circumstances found")
    )
    services = SetOf(Code("services"), group="work", label=("Оказанные услуги", "Services given"))
    notes = LogOf(Text(), group="work", label=("Заметки", "Notes"))
    gps = LogOf(
        Obj(
            {
                "lat": Num(min=-90, max=90, required=True, label=("Широта", "Latitude"), example=46.35),
                "lon": Num(min=-180, max=180, required=True, label=("Долгота", "Longitude"), example=48.04),
                "accuracy": Num(min=0, label=("Точность, м", "Accuracy, m")),
                "at": DateTime(label=("Время", "Time")),
            }
        ),
        group="work",
        label=("Координаты", "Position"),
    )
    next_visit_due = Date(
        merge="latest", indexed=True, group="next", label=("Следующее посещение до", "Next visit due")
    )
    signed_at = DateTime(
        merge="latest",
        indexed=True,
        group="review",
        label=("Подписано", "Signed"),
        hint=("После подписи правки становятся предложениями.", "Once signed, edits become proposals."),
    )
    review_state = States(
        (
            ("submitted", "На проверке", "Submitted"),
            ("accepted", "Принято", "Accepted"),
            ("returned", "Возвращено", "Returned"),
        ),
        transitions={
            None: ("submitted", "accepted", "returned"),
            "submitted": ("accepted", "returned"),
            "returned": ("submitted", "accepted"),
            "accepted": ("returned",),
        },
        writer="office",
        indexed=True,
        group="review",
        label=("Проверка", "Review"),
    )
    review_remark = Text(
        merge="latest",
        writer="office",
        required_if=("review_state", ("returned",)),
        group="review",
        label=("Замечание", "Remark"),
    )
    review_due = Date(merge="latest", writer="office", group="review", label=("Исправить до", "Mend by"))
    review_phone = Phone(
        merge="latest", writer="office", group="review", label=("Телефон для вопросов", "Phone of who asks")
    )

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not moments_in_order(fields.get("started_at"), fields.get("ended_at")):
            yield "ended_at"
