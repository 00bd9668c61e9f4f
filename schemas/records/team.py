"""Teams that go out together; a tablet belongs to one and reads the territories of it."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Enum, Phone, Ref, SetOf, Str
from schemas.placement import Reference


class Team(RecordType):
    class Meta:
        name = "team"
        title = ("Бригада", "Team")
        groups = (("main", "Основное", "Main"),)
        feed = Reference()
        writer = "office"
        display = ("name",)

    code = Str(
        merge="guarded",
        normalise="ident",
        required=True,
        indexed=True,
        max_length=40,
        group="main",
        label=("Код", "Code"),
        hint=("Короткий код бригады.", "A short code of the team."),
        example="МБ-1",
    )
    name = Str(
        merge="latest",
        required=True,
        indexed=True,
        sortable=True,
        group="main",
        label=("Название", "Name"),
        example="Мобильная бригада № 1",
    )
    kind = Enum(
        (
            ("mobile_brigade", "Мобильная бригада", "Mobile brigade"),
            ("escort_service", "Служба социального сопровождения", "Escort service"),
            ("express", "Социальный экспресс", "Social express"),
            ("other", "Другая", "Other"),
        ),
        merge="latest",
        indexed=True,
        group="main",
        label=("Вид", "Kind"),
    )
    program = Ref("program", merge="latest", indexed=True, group="main", label=("Программа", "Programme"))
    institution = Ref("institution", merge="latest", group="main", label=("Учреждение", "Institution"))
    territories = SetOf(Ref("territory"), group="main", label=("Территории", "Territories"))
    phone = Phone(merge="latest", group="main", label=("Телефон", "Phone"))
