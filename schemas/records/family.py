"""Families on record: the household case. Its name and number of children come from memberships."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Bool, Code, Date, Enum, LogOf, Num, Phone, Ref, SetOf, States, Str, Text, Uuid
from schemas.placement import InTerritory


class Family(RecordType):
    class Meta:
        name = "family"
        title = ("Семья", "Family")
        groups = (
            ("main", "Основное", "Main"),
            ("situation", "Обстоятельства", "Situation"),
            ("contacts", "Связь", "Contacts"),
            ("office", "Учёт", "Office"),
        )
        feed = InTerritory("territory", shield="shielded")
        display = ("number", "address")

    number = Str(
        merge="guarded",
        normalise="ident",
        writer="office",
        indexed=True,
        searchable=True,
        max_length=60,
        group="office",
        label=("Номер дела", "Case number"),
        example="15/2014",
    )
    territory = Ref(
        "territory",
        merge="guarded",
        required=True,
        indexed=True,
        group="main",
        label=("Территория", "Territory"),
    )
    form = Enum(
        (
            ("birth", "Кровная", "Birth family"),
            ("guardianship", "Опека или попечительство", "Guardianship"),
            ("foster", "Приёмная", "Foster family"),
            ("adoptive", "Усыновительская", "Adoptive family"),
        ),
        merge="guarded",
        indexed=True,
        group="main",
        label=("Форма", "Form"),
    )
    address = Str(
        merge="guarded",
        normalise="street",
        indexed=True,
        searchable=True,
        group="main",
        label=("Адрес", "Address"),
        example="с Образцовое, ул. Ленина, д. 5",
    )
    household = Text(merge="latest", group="main", label=("Состав хозяйства и быт", "Household"))
    case_status = States(
        (
            ("new", "Выявлена", "Detected"),
            ("active", "На сопровождении", "Supported"),
            ("paused", "Приостановлено", "Paused"),
            ("closed", "Снята с сопровождения", "Closed"),
        ),
        transitions={
            None: ("new", "active", "paused", "closed"),
            "new": ("active", "closed"),
            "active": ("paused", "closed"),
            "paused": ("active", "closed"),
            "closed": ("active",),
        },
        indexed=True,
        group="main",
        label=("Состояние дела", "Case status"),
    )
    taken_on = Date(
        merge="guarded",
        indexed=True,
        since=3,
        group="main",
        label=("На сопровождении с", "Escorted since"),
    )
    left_on = Date(merge="guarded", indexed=True, since=3, group="main", label=("Снята с сопровождения", "Left on"))
    leaving_result = Code(
        "leaving_results",
        merge="latest",
        indexed=True,
        since=3,
        group="main",
        label=("Итог сопровождения", "Result of the escort"),
    )
    circumstances = SetOf(
        Code("circumstances"),
        group="situation",
        label=("Обстоятельства (ст. 15 442-ФЗ)", "Circumstances (442-FZ, art. 15)"),
    )
    escort_level = Code(
        "escort_levels",
        merge="latest",
        indexed=True,
        group="situation",
        label=("Уровень сопровождения", "Escort level"),
    )
    income_per_head = Num(
        min=0,
        merge="latest",
        group="situation",
        label=("Доход на человека, ₽ в месяц", "Income per head, ₽ a month"),
    )
    income_as_of = Date(merge="latest", group="situation", label=("Доход на дату", "Income as of"))
    first_contact = Date(merge="min", indexed=True, group="contacts", label=("Первый контакт", "First contact"))
    last_contact = Date(merge="max", indexed=True, group="contacts", label=("Последний контакт", "Last contact"))
    phones = SetOf(Phone(), searchable=True, group="contacts", label=("Телефоны", "Phones"))
    directions = LogOf(Text(max_length=2000), group="contacts", label=("Как проехать", "Directions"))
    shielded = Bool(
        merge="latest",
        writer="office",
        indexed=True,
        group="office",
        label=("Защищённая", "Shielded"),
        hint=("Видна только названным планшетам и людям.", "Only named tablets and people see it."),
        example=False,
    )
    shield_reason = Enum(
        (
            ("violence", "Насилие, угроза", "Violence, a threat"),
            ("adoption", "Тайна усыновления", "Secrecy of adoption"),
            ("other", "Иное", "Other"),
        ),
        merge="latest",
        writer="office",
        indexed=True,
        required_if=("shielded", (True,)),
        group="office",
        label=("Почему защищена", "Why shielded"),
    )
    shield_devices = SetOf(Uuid(), writer="office", group="office", label=("Названные планшеты", "Named tablets"))
    shield_people = SetOf(Uuid(), writer="office", group="office", label=("Названные люди", "Named people"))

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if fields.get("income_per_head") is not None and not fields.get("income_as_of"):
            yield "income_as_of"
        if not days_in_order(fields.get("first_contact"), fields.get("last_contact")):
            yield "last_contact"
        if not days_in_order(fields.get("taken_on"), fields.get("left_on")):
            yield "left_on"

    def doubts(self, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if fields.get("case_status") == "closed" and not fields.get("left_on"):
            yield "left_on", "doubt.missing"
        if fields.get("case_status") == "active" and not fields.get("escort_level"):
            yield "escort_level", "doubt.missing"
