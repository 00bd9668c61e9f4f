"""Trips of a team: the journey, its stops in order, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Date, DateTime, Enum, Int, Obj, Ref, SetOf, States, Str, Text
from schemas.placement import InTeam


class Trip(RecordType):
    class Meta:
        name = "trip"
        title = ("Выезд", "Trip")
        groups = (
            ("main", "Основное", "Main"),
            ("route", "Маршрут", "Route"),
            ("outcome", "Итог", "Outcome"),
        )
        feed = InTeam("team")
        display = ("date_from", "purpose")
        date_field = "date_from"

    team = Ref("team", merge="latest", required=True, indexed=True, group="main", label=("Бригада", "Team"))
    date_from = Date(merge="latest", required=True, indexed=True, group="main", label=("С", "From"))
    date_to = Date(merge="latest", required=True, indexed=True, group="main", label=("По", "To"))
    kind = Enum(
        (
            ("regular", "Обычный", "Regular"),
            ("emergency", "Экстренный", "Emergency"),
            ("express", "Социальный экспресс", "Social express"),
        ),
        merge="latest",
        indexed=True,
        group="main",
        label=("Вид", "Kind"),
    )
    purpose = Text(merge="latest", group="main", label=("Цель", "Purpose"))
    participants = SetOf(Ref("worker"), group="main", label=("Участники", "Participants"))
    vehicle = Str(merge="latest", group="main", label=("Транспорт", "Vehicle"), example="УАЗ 374195")
    territories = SetOf(Ref("territory"), group="route", label=("Территории", "Territories"))
    confirmed_territories = SetOf(
        Ref("territory"),
        writer="office",
        group="route",
        label=("Подтверждённые территории", "Confirmed territories"),
        hint=("Их данные получит планшет бригады.", "The team's tablet receives their records."),
    )
    stops = SetOf(
        Obj(
            {
                "order": Str(required=True, max_length=60, label=("Порядок", "Order"), example="a0"),
                "territory": Ref("territory", label=("Территория", "Territory")),
                "family": Ref("family", label=("Семья", "Family")),
                "arrive_at": DateTime(label=("Прибытие", "Arrival")),
                "note": Str(label=("Примечание", "Note")),
            }
        ),
        group="route",
        label=("Остановки", "Stops"),
    )
    status = States(
        (
            ("planned", "Запланирован", "Planned"),
            ("under_way", "В пути", "Under way"),
            ("finished", "Завершён", "Finished"),
            ("cancelled", "Отменён", "Cancelled"),
        ),
        transitions={
            None: ("planned", "under_way", "finished", "cancelled"),
            "planned": ("under_way", "finished", "cancelled"),
            "under_way": ("finished", "cancelled"),
            "finished": ("under_way",),
            "cancelled": ("planned",),
        },
        indexed=True,
        group="outcome",
        label=("Состояние", "Status"),
    )
    cancel_reason = Text(
        merge="latest",
        required_if=("status", ("cancelled",)),
        group="outcome",
        label=("Причина отмены", "Reason for cancelling"),
    )
    odometer_start = Int(min=0, merge="min", group="outcome", label=("Одометр в начале, км", "Odometer, start, km"))
    odometer_end = Int(min=0, merge="max", group="outcome", label=("Одометр в конце, км", "Odometer, end, km"))

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not days_in_order(fields.get("date_from"), fields.get("date_to")):
            yield "date_to"
        if fields.get("odometer_start", 0) > fields.get("odometer_end", float("inf")):
            yield "odometer_end"
