"""The numbers that other systems know our records by: with them a repeated import updates and does not double."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Date, Ref, Str
from schemas.placement import WithParent


class ExternalId(RecordType):
    class Meta:
        name = "external_id"
        title = ("Внешний номер", "External id")
        groups = (("main", "Основное", "Main"),)
        feed = WithParent("family", instead=("person", "membership", "visit"))
        display = ("system", "number")
        since = 3
        unique = (("system", "number"),)

    system = Str(
        merge="guarded",
        normalise="fold",
        required=True,
        indexed=True,
        max_length=60,
        group="main",
        label=("Система", "System"),
        hint=("Откуда номер: региональный регистр, ЕГИССО …", "Where the number is from: a regional register …"),
        example="Регистр",
    )
    number = Str(
        merge="guarded",
        normalise="ident",
        required=True,
        indexed=True,
        max_length=120,
        group="main",
        label=("Номер", "Number"),
        example="30-1542",
    )
    family = Ref(
        "family",
        merge="once",
        required_without=("person", "membership", "visit"),
        indexed=True,
        group="main",
        label=("Семья", "Family"),
    )
    person = Ref("person", merge="once", indexed=True, group="main", label=("Человек", "Person"))
    membership = Ref("membership", merge="once", indexed=True, group="main", label=("Член семьи", "Family member"))
    visit = Ref("visit", merge="once", indexed=True, group="main", label=("Посещение", "Visit"))
    as_of = Date(merge="max", group="main", label=("Сведения на", "As of"))
