"""Municipal territories. Codes are dated and ids ours: a district becomes an okrug and no feed moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order
from schemas.fields import Date, Enum, Obj, Oktmo, Ref, SetOf, Str
from schemas.placement import Reference


class Territory(RecordType):
    class Meta:
        name = "territory"
        title = ("Территория", "Territory")
        groups = (("main", "Основное", "Main"), ("dates", "Действие", "Validity"))
        feed = Reference()
        writer = "office"
        display = ("name",)

    oktmo = Oktmo(
        merge="guarded",
        required=True,
        indexed=True,
        group="main",
        label=("ОКТМО", "OKTMO"),
        hint=("Код, который действует сейчас.", "The code in force now."),
    )
    name = Str(
        merge="latest",
        required=True,
        indexed=True,
        sortable=True,
        group="main",
        label=("Название", "Name"),
        example="Сельсовет Образцовый",
    )
    kind = Enum(
        (
            ("region", "Регион", "Region"),
            ("district", "Муниципальный район", "Municipal district"),
            ("municipal_okrug", "Муниципальный округ", "Municipal okrug"),
            ("urban_okrug", "Городской округ", "Urban okrug"),
            ("urban_settlement", "Городское поселение", "Urban settlement"),
            ("rural_settlement", "Сельское поселение", "Rural settlement"),
            ("locality", "Населённый пункт", "Locality"),
        ),
        merge="latest",
        required=True,
        indexed=True,
        group="main",
        label=("Вид", "Kind"),
        example="rural_settlement",
    )
    parent = Ref("territory", merge="latest", indexed=True, group="main", label=("Входит в", "Part of"))
    centre = Str(merge="latest", group="main", label=("Административный центр", "Centre"), example="с Образцовое")
    valid_from = Date(merge="latest", group="dates", label=("Действует с", "Valid from"))
    valid_to = Date(merge="latest", group="dates", label=("Действует по", "Valid to"))
    successor = Ref("territory", merge="latest", group="dates", label=("Преемник", "Successor"))
    codes = SetOf(
        Obj(
            {
                "oktmo": Oktmo(required=True, label=("ОКТМО", "OKTMO")),
                "from": Date(label=("С", "From")),
                "to": Date(label=("По", "To")),
            }
        ),
        group="dates",
        label=("Коды ОКТМО по датам", "OKTMO codes by date"),
    )

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        if not days_in_order(fields.get("valid_from"), fields.get("valid_to")):
            yield "valid_to"
