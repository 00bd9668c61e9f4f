"""People: members of families, children first. Two teams may read one paper differently: guarded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.base import RecordType
from schemas.checks import days_in_order, years_later
from schemas.fields import (
    BirthCertificate,
    Date,
    Enp,
    Enum,
    PartialDate,
    Passport,
    PersonName,
    Phone,
    SetOf,
    Snils,
    Str,
)
from schemas.placement import Carried

PASSPORT_AGE = 14


class Person(RecordType):
    class Meta:
        name = "person"
        title = ("Человек", "Person")
        groups = (
            ("main", "Основное", "Main"),
            ("papers", "Документы", "Papers"),
            ("more", "Дополнительно", "More"),
        )
        feed = Carried()
        display = ("surname", "given", "patronymic")

    surname = PersonName(
        merge="guarded",
        required=True,
        indexed=True,
        sortable=True,
        searchable=True,
        group="main",
        label=("Фамилия", "Surname"),
        hint=("Как в документе.", "As in the document."),
    )
    given = PersonName(
        merge="guarded",
        required=True,
        indexed=True,
        sortable=True,
        searchable=True,
        group="main",
        label=("Имя", "Given name"),
        example="Мария",
    )
    patronymic = PersonName(
        merge="guarded",
        indexed=True,
        sortable=True,
        searchable=True,
        group="main",
        label=("Отчество", "Patronymic"),
        example="Петровна",
    )
    sex = Enum(
        (("female", "Женский", "Female"), ("male", "Мужской", "Male")),
        merge="guarded",
        required=True,
        indexed=True,
        group="main",
        label=("Пол", "Sex"),
    )
    birth_date = PartialDate(
        max="now",
        merge="guarded",
        required=True,
        indexed=True,
        group="main",
        label=("Дата рождения", "Birth date"),
        hint=("Можно только год или месяц и год.", "A year alone, or a month and a year, will do."),
        example="1990-05",
    )
    snils = Snils(merge="guarded", unique=True, searchable=True, group="papers", label=("СНИЛС", "SNILS"))
    birth_certificate = BirthCertificate(
        merge="guarded", group="papers", label=("Свидетельство о рождении", "Birth certificate")
    )
    passport = Passport(merge="guarded", group="papers", label=("Паспорт", "Passport"))
    passport_issued_on = Date(merge="guarded", group="papers", label=("Дата выдачи паспорта", "Passport issued on"))
    enp = Enp(merge="guarded", group="papers", label=("Полис ОМС (ЕНП)", "Medical policy (ENP)"))
    former_names = SetOf(PersonName(), searchable=True, group="more", label=("Прежние фамилии и имена", "Former names"))
    phones = SetOf(Phone(), searchable=True, group="more", label=("Телефоны", "Phones"))
    school = Str(merge="latest", group="more", label=("Детский сад, школа", "School"), example="Образцовская школа")
    disability = Enum(
        (
            ("none", "Нет", "None"),
            ("child", "Ребёнок-инвалид", "Disabled child"),
            ("1", "I группа", "Group I"),
            ("2", "II группа", "Group II"),
            ("3", "III группа", "Group III"),
        ),
        merge="guarded",
        indexed=True,
        group="more",
        label=("Инвалидность", "Disability"),
    )
    disability_until = Date(merge="guarded", group="more", label=("Инвалидность установлена до", "Disability until"))
    occupation = Str(
        merge="latest", since=3, group="more", label=("Работа, занятие", "Occupation"), example="Не работает"
    )
    citizenship = Str(
        merge="guarded", normalise="fold", since=3, group="more", label=("Гражданство", "Citizenship"), example="Россия"
    )
    foreign_document = Str(
        merge="guarded",
        normalise="ident",
        max_length=120,
        since=3,
        group="papers",
        label=("Иностранный документ", "Foreign document"),
        hint=("Вид, номер, кем выдан.", "Kind, number, issued by."),
    )
    died = PartialDate(max="now", merge="guarded", indexed=True, group="more", label=("Дата смерти", "Died"))

    def breaches(self, fields: Mapping[str, Any]) -> Iterator[str]:
        born = fields.get("birth_date")
        if not days_in_order(born, fields.get("died")):
            yield "died"
        if born and not days_in_order(years_later(born, PASSPORT_AGE), fields.get("passport_issued_on")):
            yield "passport_issued_on"

    def doubts(self, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if fields.get("disability") not in (None, "none") and not fields.get("disability_until"):
            yield "disability_until", "doubt.missing"
