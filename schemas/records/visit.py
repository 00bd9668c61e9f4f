"""Visits: one посещение a family, trip and day. Each specialist who came writes a visit_part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.checks import days_between, moments_in_order
from schemas.fields import (
    Bool,
    Code,
    Date,
    DateTime,
    LogOf,
    Num,
    Obj,
    Ref,
    SetOf,
    States,
    Text,
)
from schemas.placement import WithParent
from schemas.signed import REVIEW_GROUP, SIGNING, Signed

_RESULTS = (
    ("held", "Состоялось", "Held"),
    ("not_at_home", "Не застали", "Nobody at home"),
    ("not_admitted", "Не допустили в жилище", "Not admitted"),
    ("refused", "Отказ от услуг", "Services refused"),
    ("not_resident", "Не проживают", "Do not live there"),
    ("rescheduled", "Перенесено", "Rescheduled"),
)
_ALL_RESULTS = tuple(value for value, _, _ in _RESULTS)


class Visit(Signed):
    class Meta:
        name = "visit"
        title = ("Посещение", "Visit")
        groups = (
            ("main", "Основное", "Main"),
            ("work", "Что выявлено и сделано", "Findings and work"),
            ("next", "Дальше", "Next"),
            REVIEW_GROUP,
        )
        feed = WithParent("family")
        display = ("started_at", "kind")
        date_field = "started_at"
        signing = SIGNING
        standing = ("stage", "joint")
        last_of = ("family",)

    family = Ref("family", merge="once", required=True, indexed=True, group="main", label=("Семья", "Family"))
    trip = Ref("trip", merge="once", indexed=True, group="main", label=("Выезд", "Trip"))
    kind = Code(
        "visit_kinds",
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
    participants = SetOf(Ref("worker"), indexed=True, group="main", label=("Участники", "Participants"))
    seen = SetOf(
        Ref("person"),
        since=3,
        group="main",
        label=("Кого видели", "Who was seen"),
        hint=("Прежде всего детей.", "Children first of all."),
    )
    needs = SetOf(Code("needs"), group="work", label=("Потребности", "Needs"))
    circumstances = SetOf(
        Code("circumstances"), group="work", label=("Выявленные обстоятельства", "Circumstances found")
    )
    services = SetOf(Code("services"), indexed=True, group="work", label=("Оказанные услуги", "Services given"))
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

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not moments_in_order(fields.get("started_at"), fields.get("ended_at")):
            yield "ended_at"

    def doubts(self, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        started, ended = fields.get("started_at"), fields.get("ended_at")
        if started and ended and days_between(started, ended) >= 1:
            yield "ended_at", "doubt.long"
