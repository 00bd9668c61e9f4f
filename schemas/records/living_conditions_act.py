"""Acts of the inspection of a home: who looked, what they found section by section, their conclusion. Signed."""

from __future__ import annotations

from typing import Any

from schemas.fields import Code, Date, Enum, Int, Num, Obj, Ref, SetOf, Str, Text
from schemas.placement import WithParent
from schemas.signed import REVIEW_GROUP, SIGNING, Signed


def _section(ru: str, en: str) -> Any:
    return Code("conditions", merge="latest", group="home", label=(ru, en))


class LivingConditionsAct(Signed):
    class Meta:
        name = "living_conditions_act"
        title = ("Акт обследования жилищных условий", "Living conditions act")
        groups = (
            ("main", "Основное", "Main"),
            ("home", "Жильё", "Home"),
            ("end", "Вывод", "Conclusion"),
            REVIEW_GROUP,
        )
        feed = WithParent("family", instead=("visit",))
        display = ("kind", "date")
        date_field = "date"
        signing = SIGNING
        standing = ("stage",)
        since = 3

    family = Ref("family", merge="once", required=True, indexed=True, group="main", label=("Семья", "Family"))
    visit = Ref("visit", merge="once", indexed=True, group="main", label=("Посещение", "Visit"))
    kind = Enum(
        (("initial", "Первичный", "Initial"), ("control", "Контрольный", "Control")),
        merge="latest",
        indexed=True,
        group="main",
        label=("Вид акта", "Kind"),
    )
    date = Date(
        max="now", merge="latest", required=True, indexed=True, group="main", label=("Дата обследования", "Date")
    )
    commission = SetOf(
        Obj(
            {
                "worker": Ref("worker", label=("Специалист", "Worker")),
                "name": Str(label=("Фамилия, имя, отчество", "Full name"), example="Петрова Анна Сергеевна"),
                "position": Str(label=("Должность", "Position"), example="Инспектор ПДН"),
            }
        ),
        required=True,
        group="main",
        label=("Комиссия", "Commission"),
        hint=("Хотя бы один человек.", "One person at least."),
    )
    present = SetOf(Ref("person"), group="main", label=("В присутствии", "In the presence of"))
    dwelling = Enum(
        (
            ("house", "Дом", "House"),
            ("flat", "Квартира", "Flat"),
            ("room", "Комната, общежитие", "Room, dormitory"),
            ("temporary", "Временное жильё", "Temporary housing"),
            ("none", "Нет жилья", "None"),
        ),
        merge="latest",
        group="home",
        label=("Вид жилья", "Dwelling"),
    )
    rooms = Int(min=0, max=100, merge="latest", group="home", label=("Комнат", "Rooms"))
    area = Num(min=0, max=10_000, merge="latest", group="home", label=("Площадь, м²", "Area, m²"))
    housing = _section("Состояние жилья", "Housing")
    heating = _section("Отопление", "Heating")
    water = _section("Водоснабжение", "Water")
    sanitation = _section("Санитарное состояние", "Sanitation")
    child_place = _section("Место ребёнка для сна и занятий", "The child's place to sleep and learn")
    safety = _section("Безопасность (печь, проводка, датчики)", "Safety (stove, wiring, alarms)")
    findings = Text(merge="latest", group="home", label=("Что обнаружено", "Findings"))
    conclusion = Text(merge="latest", required=True, group="end", label=("Заключение", "Conclusion"))
    advice = Text(merge="latest", group="end", label=("Рекомендации", "Advice"))
