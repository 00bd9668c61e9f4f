"""True duplicates, written aside: second cards of people whom the region has, as another office would have kept them.

They never come into the register, or its figures would not hold: they are a CSV file that `vyezd import families`
reads, with the true person in a column of its own, by which linkage is judged.

The noise: 12% of the women bear another surname, 15% of the surnames have a typing error, 55% of the cards lack the
СНИЛС (domain, section 7). So that an exact name with the date of birth finds about three in five, given names are also
written in another form, ё as е, and dates with two figures exchanged. The address is always another one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from server.demo.families import HAS_SNILS, Home, Member
from server.demo.names import STREETS
from server.demo.people import Human
from server.demo.quotas import Quotas
from server.demo.surnames import SURNAMES

FILE = "demo-duplicates.csv"
COLUMNS = (
    "Истинный человек", "ID семьи", "Территория", "Адрес", "Фамилия", "Имя", "Отчество", "Пол", "Дата рождения",
    "СНИЛС", "Кем приходится",
)  # fmt: skip
NEW_SURNAME, TYPO, NO_SNILS = 0.12, 0.15, 0.55
OTHER_FORM, NO_PATRONYMIC, WRONG_DATE = 0.5, 0.06, 0.045
FORMS = {
    "Наталья": "Наталия", "Наталия": "Наталья", "София": "Софья", "Дарья": "Дария", "Мария": "Марья",
    "Ксения": "Ксенья", "Татьяна": "Татиана", "Ульяна": "Юлиана", "Валерия": "Валерья", "Таисия": "Таисья",
    "Алексей": "Алексий", "Сергей": "Сергий", "Илья": "Илия", "Анна-Мария": "Анна", "Айгуль": "Айгул",
    "Гузель": "Гузаль", "Камила": "Камилла",
}  # fmt: skip
NEIGHBOURS = dict(zip("аоеивфбпдтзсмн", "оаиефвпбтдсзнм", strict=True))


class Doubles:
    """Writes the second cards of those whom the quotas name, as they come by."""

    def __init__(self, writer: Any, seed: int) -> None:
        self.count = 0
        self._rows = writer
        self._chance = Random(f"doubles {seed}")

    def note(self, home: Home, number: int, first_child: int, drawn: Quotas) -> None:
        """Looks at a family by its number, and at its children by theirs."""
        if number in drawn.doubled_families:
            self._write(home, home.adults[0])
        for place, child in enumerate(home.children):
            if first_child + place in drawn.doubled_children:
                self._write(home, child)

    def _write(self, home: Home, member: Member) -> None:
        self.count += 1
        human, chance = member.human, self._chance
        locality = home.address.partition(",")[0]
        self._rows.writerow((
            member.id, f"Д-{self.count:06d}", home.case.place.name,
            f"{locality}, ул. {chance.choice(STREETS)}, д. {chance.randint(1, 60)}",
            self._surname(human), self._given(human.given), self._patronymic(human),
            "ж" if human.sex == "female" else "м", self._born(str(member.told["birth_date"])),
            self._snils(member), "",
        ))  # fmt: skip

    def _surname(self, human: Human) -> str:
        surname = human.surname
        if human.sex == "female" and self._chance.random() < NEW_SURNAME:
            surname = self._chance.choice(SURNAMES[human.custom])[1]
        return self._mistyped(surname) if self._chance.random() < TYPO else surname

    def _mistyped(self, word: str) -> str:
        """A letter taken for its neighbour, left out, doubled, or exchanged with the next one."""
        at = self._chance.randrange(1, len(word) - 1)
        before, letter, after = word[:at], word[at], word[at + 1 :]
        wrong = (NEIGHBOURS.get(letter, letter * 2), "", letter * 2)
        swapped = f"{before}{after[0]}{letter}{after[1:]}"
        return self._chance.choice((*(f"{before}{each}{after}" for each in wrong), swapped))

    def _given(self, given: str) -> str:
        if self._chance.random() >= OTHER_FORM:
            return given
        return FORMS.get(given, given).replace("ё", "е")

    def _patronymic(self, human: Human) -> str:
        return "" if self._chance.random() < NO_PATRONYMIC else (human.patronymic or "")

    def _born(self, day: str) -> str:
        year, *rest = day.split("-")
        if len(rest) == 2 and self._chance.random() < WRONG_DATE:
            month, number = rest
            return f"{year}-{number}-{month}" if int(number) <= 12 else f"{year}-{month}-{int(number) - 1:02d}"
        return day

    def _snils(self, member: Member) -> str:
        """Left out so often that, with those whom the register has without one, NO_SNILS of the cards have none."""
        keeps = self._chance.random() < (1 - NO_SNILS) / HAS_SNILS["child" if member.is_child else "adult"]
        return (member.told["snils"] or "") if keeps else ""


@contextmanager
def file(path: Path, seed: int) -> Iterator[Doubles]:
    """Opens the file of duplicates (UTF-8, semicolons), which only its owner reads."""
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened, delimiter=";")
        writer.writerow(COLUMNS)
        yield Doubles(writer, seed)
