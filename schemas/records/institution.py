"""Institutions and their units. ИНН and region tell them apart: two are called «Виктория»."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Code, Inn, Phone, Ref, SetOf, Str, Text
from schemas.placement import Reference


class Institution(RecordType):
    class Meta:
        name = "institution"
        title = ("Учреждение", "Institution")
        groups = (("main", "Основное", "Main"), ("contacts", "Связь", "Contacts"))
        feed = Reference()
        writer = "office"
        display = ("name",)

    inn = Inn(
        merge="guarded",
        required=True,
        indexed=True,
        pattern="[0-9]{10}",
        group="main",
        label=("ИНН", "INN"),
        hint=("10 цифр.", "10 digits."),
    )
    region = Ref("territory", merge="guarded", required=True, indexed=True, group="main", label=("Регион", "Region"))
    name = Str(
        merge="latest",
        required=True,
        indexed=True,
        sortable=True,
        group="main",
        label=("Название", "Name"),
        example="Центр социальной поддержки населения",
    )
    unit_kind = Code(
        "institution_kinds",
        merge="latest",
        group="main",
        label=("Вид подразделения", "Unit kind"),
    )
    part_of = Ref("institution", merge="latest", group="main", label=("Входит в", "Part of"))
    serves = SetOf(Ref("territory"), group="main", label=("Обслуживает поселения", "Service zone (settlements)"))
    address = Str(merge="latest", group="contacts", label=("Адрес", "Address"), example="с Образцовое, ул. Ленина, 1")
    phones = SetOf(Phone(), group="contacts", label=("Телефоны", "Phones"))
    hours = Text(merge="latest", group="contacts", label=("Часы работы", "Hours"), example="Пн–Пт с 8:00 до 17:00")
