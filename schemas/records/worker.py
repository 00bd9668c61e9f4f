"""The people of the teams, who write the ops."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Date, Obj, Phone, Ref, SetOf, Str
from schemas.placement import Reference


class Worker(RecordType):
    class Meta:
        name = "worker"
        title = ("Специалист", "Specialist")
        groups = (("main", "Основное", "Main"),)
        feed = Reference()
        writer = "office"
        display = ("name",)

    name = Str(
        merge="latest",
        required=True,
        indexed=True,
        sortable=True,
        group="main",
        label=("Фамилия, имя, отчество", "Full name"),
        example="Петрова Анна Сергеевна",
    )
    team = Ref("team", merge="latest", indexed=True, group="main", label=("Бригада", "Team"))
    former_teams = SetOf(
        Obj(
            {
                "team": Ref("team", required=True, label=("Бригада", "Team")),
                "until": Date(required=True, label=("По", "Until")),
            }
        ),
        group="main",
        label=("Прежние бригады", "Former teams"),
    )
    position = Str(
        merge="latest",
        group="main",
        label=("Должность", "Position"),
        example="Специалист по работе с семьёй",
    )
    phone = Phone(merge="latest", group="main", label=("Телефон", "Phone"))
