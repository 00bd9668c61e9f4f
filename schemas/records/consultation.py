"""Consultations: of a family, or of somebody who gives no name, on a trip, by phone or at a desk."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Bool, Code, DateTime, Int, LogOf, Ref, Text
from schemas.placement import WithParent


class Consultation(RecordType):
    class Meta:
        name = "consultation"
        title = ("Консультация", "Consultation")
        groups = (("main", "Основное", "Main"),)
        feed = WithParent("family", instead=("trip",))
        display = ("topic", "held_at")
        date_field = "held_at"
        since = 3

    family = Ref(
        "family", merge="once", required_without=("anonymous",), indexed=True, group="main", label=("Семья", "Family")
    )
    person = Ref("person", merge="once", indexed=True, group="main", label=("Человек", "Person"))
    anonymous = Bool(
        merge="once",
        indexed=True,
        group="main",
        label=("Анонимно", "Anonymous"),
        hint=("Если семья не названа.", "If the family gives no name."),
    )
    held_at = DateTime(max="now", merge="once", required=True, indexed=True, group="main", label=("Когда", "Held at"))
    topic = Code("topics", merge="once", required=True, indexed=True, group="main", label=("Тема", "Topic"))
    channel = Code(
        "consultation_channels", merge="once", required=True, indexed=True, group="main", label=("Как", "Channel")
    )
    minutes = Int(min=1, max=1440, merge="once", required=True, group="main", label=("Минут", "Minutes"))
    worker = Ref("worker", merge="once", indexed=True, group="main", label=("Специалист", "Worker"))
    trip = Ref("trip", merge="once", indexed=True, group="main", label=("Выезд", "Trip"))
    territory = Ref("territory", merge="once", indexed=True, group="main", label=("Территория", "Territory"))
    log = LogOf(Text(), group="main", label=("Содержание", "What was said"))
