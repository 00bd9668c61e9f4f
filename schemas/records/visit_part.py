"""What one specialist did at a visit: who come together each write a part, and the visit counts once."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Code, Enum, LogOf, Ref, SetOf, Text
from schemas.placement import WithParent


class VisitPart(RecordType):
    class Meta:
        name = "visit_part"
        title = ("Часть посещения", "Part of a visit")
        groups = (("main", "Основное", "Main"),)
        feed = WithParent("visit")
        display = ("worker", "role")

    visit = Ref("visit", merge="once", required=True, indexed=True, group="main", label=("Посещение", "Visit"))
    worker = Ref("worker", merge="once", required=True, indexed=True, group="main", label=("Специалист", "Specialist"))
    role = Enum(
        (
            ("social_work", "Специалист по социальной работе", "Social work specialist"),
            ("family_work", "Специалист по работе с семьёй", "Family specialist"),
            ("psychologist", "Психолог", "Psychologist"),
            ("pedagogue", "Педагог", "Pedagogue"),
            ("lawyer", "Юрист", "Lawyer"),
            ("medic", "Медицинский работник", "Medical worker"),
            ("other", "Другая", "Other"),
        ),
        merge="latest",
        indexed=True,
        group="main",
        label=("Роль", "Role"),
    )
    notes = LogOf(Text(), group="main", label=("Заметки", "Notes"))
    needs = SetOf(Code("needs"), group="main", label=("Потребности", "Needs"))
    services = SetOf(Code("services"), indexed=True, group="main", label=("Оказанные услуги", "Services given"))
