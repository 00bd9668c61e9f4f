"""Which two records are one child before and after an adoption (СК РФ, ст. 139). Nobody reads it but the people it
names; it sits in a feed of its own, and no tablet can be named for it."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Date, Ref, SetOf, Uuid
from schemas.placement import Apart


class Adoption(RecordType):
    class Meta:
        name = "adoption"
        title = ("Усыновление", "Adoption")
        groups = (("main", "Основное", "Main"),)
        feed = Apart()
        writer = "office"
        display = ("decided_on",)

    before = Ref("person", merge="once", required=True, group="main", label=("До усыновления", "Before"))
    after = Ref("person", merge="once", required=True, group="main", label=("После усыновления", "After"))
    decided_on = Date(max="now", merge="guarded", group="main", label=("Решение суда от", "Court decision of"))
    shield_people = SetOf(Uuid(), required=True, group="main", label=("Названные люди", "Named people"))
