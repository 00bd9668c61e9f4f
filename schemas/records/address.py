"""Addresses beside the one that a family is visited at: registration and residence differ, and change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Code, Date, Ref, Str, Uuid
from schemas.placement import WithParent


class Address(RecordType):
    class Meta:
        name = "address"
        title = ("Адрес", "Address")
        groups = (("main", "Основное", "Main"), ("more", "Дополнительно", "More"))
        feed = WithParent("family", instead=("person",))
        display = ("kind", "text")
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
        hint=("Если адрес только одного человека.", "If it is the address of one person."),
    )
    kind = Code(
        "address_kinds", merge="guarded", required=True, indexed=True, group="main", label=("Вид адреса", "Kind")
    )
    territory = Ref("territory", merge="guarded", indexed=True, group="main", label=("Территория", "Territory"))
    text = Str(
        merge="guarded",
        normalise="street",
        required=True,
        indexed=True,
        searchable=True,
        group="main",
        label=("Адрес", "Address"),
        hint=("Населённый пункт, улица, дом, квартира.", "Place, street, house, flat."),
        example="с Образцовое, ул. Ленина, д. 5",
    )
    postcode = Str(merge="latest", pattern="[0-9]{6}", group="more", label=("Индекс", "Postcode"), example="416400")
    fias = Uuid(merge="guarded", group="more", label=("Код ГАР (ФИАС)", "GAR (FIAS) id"))
    date_from = Date(merge="guarded", group="more", label=("С", "From"))
    date_to = Date(merge="guarded", group="more", label=("По", "To"))

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not days_in_order(fields.get("date_from"), fields.get("date_to")):
            yield "date_to"
