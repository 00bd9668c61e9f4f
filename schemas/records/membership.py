"""Who belongs to which family, and when. A child may belong to a birth and to a substitute family at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Bool, Date, Enum, Obj, Ref, SetOf, Str
from schemas.placement import WithParent


class Membership(RecordType):
    class Meta:
        name = "membership"
        title = ("Член семьи", "Family member")
        groups = (("main", "Основное", "Main"), ("rights", "Представительство", "Representation"))
        feed = WithParent("family")
        carries = ("person",)
        display = ("person", "role")
        standing = ("left_on",)

    person = Ref("person", merge="once", required=True, indexed=True, group="main", label=("Человек", "Person"))
    family = Ref("family", merge="once", required=True, indexed=True, group="main", label=("Семья", "Family"))
    role = Enum(
        (
            ("mother", "Мать", "Mother"),
            ("father", "Отец", "Father"),
            ("child", "Ребёнок", "Child"),
            ("guardian", "Опекун, попечитель", "Guardian"),
            ("foster_parent", "Приёмный родитель", "Foster parent"),
            ("ward", "Подопечный, приёмный ребёнок", "Ward, foster child"),
            ("step_parent", "Отчим, мачеха", "Step-parent"),
            ("grandparent", "Бабушка, дедушка", "Grandparent"),
            ("other", "Другое", "Other"),
        ),
        merge="guarded",
        required=True,
        indexed=True,
        group="main",
        label=("Кем приходится", "Role"),
        example="child",
    )
    periods = SetOf(
        Obj(
            {
                "from": Date(required=True, label=("С", "From")),
                "to": Date(label=("По", "To")),
            }
        ),
        required=True,
        group="main",
        label=("В семье", "In the family"),
    )
    is_legal_representative = Bool(
        merge="guarded",
        indexed=True,
        group="rights",
        label=("Законный представитель", "Legal representative"),
    )
    representative_basis = Enum(
        (
            ("parent", "Родитель", "Parent"),
            ("adoption", "Усыновление", "Adoption"),
            ("guardianship", "Акт об опеке или попечительстве", "Guardianship act"),
            ("foster_contract", "Договор о приёмной семье", "Foster contract"),
            ("court", "Решение суда", "Court decision"),
        ),
        merge="guarded",
        required_if=("is_legal_representative", (True,)),
        group="rights",
        label=("Основание представительства", "Basis"),
    )

    rights_status = Enum(
        (
            ("full", "В полном объёме", "In full"),
            ("limited", "Ограничен(а) в правах", "Limited"),
            ("terminated", "Лишён(а) прав", "Terminated"),
            ("ended", "Опека или договор прекращены", "Guardianship or contract ended"),
        ),
        merge="guarded",
        indexed=True,
        since=3,
        group="rights",
        label=("Родительские права", "Parental rights"),
    )
    rights_basis = Str(
        merge="guarded",
        required_if=("rights_status", ("limited", "terminated", "ended")),
        since=3,
        group="rights",
        label=("Документ о правах", "Document on the rights"),
        example="Решение суда № 2-15 от 03.05.2014",
    )

    def is_past(self, fields: Mapping[str, Any]) -> bool:
        periods = fields.get("periods", ())
        return bool(periods) and all(period.get("to") for period in periods)

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not all(days_in_order(period["from"], period.get("to")) for period in fields.get("periods", ())):
            yield "periods"
