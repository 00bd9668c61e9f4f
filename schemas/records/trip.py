"""Trips of a team: the journey, its stops in order, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Date, DateTime, Enum, Int, Obj, Ref, SetOf, States, Str, Text
from schemas.placement import InTeam

_PLATE = re.compile(r"(.*?)[\s,;]+([АВЕКМНОРСТУХ]\d{3}[АВЕКМНОРСТУХ]{2}\s?\d{2,3})", re.IGNORECASE)


def part_vehicle_and_plate(op: dict[str, Any]) -> dict[str, Any]:
    """Schema 2: the state number, until then written behind the vehicle's name, is a field of its own."""
    values = op.get("set")
    if not isinstance(values, dict) or not isinstance(values.get("vehicle"), str):
        return op
    found = _PLATE.fullmatch(values["vehicle"])
    parted = {"vehicle": found[1], "plate": found[2].upper().replace(" ", "")} if found else {}
    return op | {"set": values | parted}


def join_vehicle_and_plate(fields: dict[str, Any]) -> dict[str, Any]:
    """Schema 1: one text for both."""
    plate = fields.pop("plate", None)
    return fields | {"vehicle": ", ".join(filter(None, (fields.get("vehicle"), plate)))} if plate else fields


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
        upgrades: ClassVar = {2: part_vehicle_and_plate}
        downgrades: ClassVar = {2: join_vehicle_and_plate}

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
    plate = Str(merge="latest", max_length=12, group="main", label=("Госномер", "State number"), example="А123ВС30")
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
