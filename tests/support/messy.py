"""A table of families as another system gives it away: CP1251, semicolons, every way of writing a day, a phone or a
СНИЛС, and rows that nobody could take. Seeded; each bad row knows why it is one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from server.demo.people import Human, People

HEADERS = (
    "Код семьи", "ID человека", "Поселение", "Адрес", "ФИО", "Пол", "Дата рождения", "СНИЛС", "Телефон",
    "Кем приходится", "Примечание",
)  # fmt: skip
ADDRESS, NAME, SEX, BORN, SNILS, PHONE = 3, 4, 5, 6, 7, 8
Cells = list[str]


@dataclass
class Table:
    """``good`` and ``bad``: rows in the order of the file, the good ones the very ``rows``; a bad one as it is handed
    back, with a word of its reason."""

    rows: list[Cells] = field(default_factory=list)
    good: list[Cells] = field(default_factory=list)
    bad: list[tuple[Cells, str]] = field(default_factory=list)
    families: set[str] = field(default_factory=set)

    def write(self, path: Path, encoding: str = "cp1251", separator: str = ";") -> Path:
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=separator)
            writer.writerow(["Сведения о семьях", "на 01.11.2026"])
            writer.writerow([])
            writer.writerow(HEADERS)
            writer.writerows(self.rows)
        return path


def make(seed: int, count: int, places: Sequence[str]) -> Table:
    """So many rows, about one in twelve of them bad."""
    return _Maker(seed, places).table(count)


class _Maker:
    def __init__(self, seed: int, places: Sequence[str]) -> None:
        self.chance = Random(seed)
        self.people = People(self.chance, date(2026, 11, 1))
        self.places = places
        self.made = Table()

    def table(self, count: int) -> Table:
        while len(self.made.rows) < count:
            self._family(count - len(self.made.rows))
        return self.made

    def _family(self, room: int) -> None:
        key = f"30-{len(self.made.families) + 1:05d}"
        self.made.families.add(key)
        place, address = self.chance.choice(self.places), self.people.address("с Образцовое").replace("ё", "е")
        custom = self.people.custom()
        surname = self.people.surname(custom)
        mother = self.people.adult("female", surname, custom)
        members = [(mother, "мать"), (self.people.adult("male", surname, custom), "Отец")][: self.chance.randint(1, 2)]
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            members.append((self.people.child(surname, "Пётр", custom, set()), self._one("ребёнок", "СЫН", "дочь", "")))
        for human, role in members[:room]:
            self._add(self._row(key, place, address, human, role))

    def _add(self, row: Cells) -> None:
        self.made.rows.append(row)
        if len(self.made.good) < 5 or self.chance.random() > 1 / 12:
            self.made.good.append(row)
            return
        spoil, reason = self.chance.choice(SPOILED)
        if spoil is None:  # the row before, once more
            row[:] = self.made.good[-1]
        else:
            spoil(row)
        self.made.bad.append((list(row), reason))

    def _row(self, key: str, place: str, address: str, human: Human, role: str) -> Cells:
        return [
            self._spaced(key), f"П{len(self.made.rows) + 1:06d}", self._one(place, place.upper(), f" {place} "),
            self._one(address, f"{address}\xa0", address), self._spaced(human.full_name),
            self._sex(human), self._day(human.born), self._snils(), self._phone(), role,
            self._one("", "со слов", "«паспорт» утерян;\nвосстанавливает"),
        ]  # fmt: skip

    def _sex(self, human: Human) -> str:
        woman = human.sex == "female"
        return self._one("Ж", "жен.", "женский") if woman else self._one("М", "муж", "Мужской")

    def _day(self, born: date) -> str:
        return self._one(
            born.strftime("%d.%m.%Y"), born.isoformat(), born.strftime("%d/%m/%Y"), born.strftime("%d.%m.%Y г.")
        )

    def _snils(self) -> str:
        number = self.people.snils()
        pretty = f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}"
        return self._one(pretty, number, "", "нет данных", pretty.replace("-", "–"))

    def _phone(self) -> str:
        digits = self.people.phone()[2:]
        return self._one("", f"8{digits}", f"+7 ({digits[:3]}) {digits[3:6]}-{digits[6:8]}-{digits[8:]}", "—")

    def _spaced(self, text: str) -> str:
        return self._one(text, f" {text}", text.replace(" ", "  "))

    def _one(self, *ways: str) -> str:
        return self.chance.choice(ways)


def _cell(at: int, value: str) -> Callable[[Cells], None]:
    def spoil(row: Cells) -> None:
        row[at] = value

    return spoil


SPOILED: tuple[tuple[Callable[[Cells], None] | None, str], ...] = (
    (_cell(SNILS, "112-233-445 96"), "Контрольное число СНИЛС"),
    (_cell(NAME, "Иванoва Анна Петровна"), "смешаны русские и латинские"),
    (_cell(NAME, ""), "Не заполнено"),
    (_cell(2, "Нигдейский сельсовет"), "территория не найдена"),
    (_cell(BORN, "31.02.2015"), "дата"),
    (_cell(BORN, (date.today() + timedelta(days=90)).isoformat()), "ещё не наступила"),
    (_cell(BORN, "не помнит"), "дата"),
    (_cell(SEX, "?"), "пол не распознан"),
    (_cell(PHONE, "12-34"), "телефона не бывает"),
    (_cell(9, "сосед"), "кем приходится"),
    (_cell(0, ""), "ни ID семьи"),
    (lambda row: row.pop(), "не столько ячеек"),
    (lambda row: row.append("лишнее"), "не столько ячеек"),
    (_cell(0, "30-00001"), "о семье"),
    (None, "уже есть в строке"),
)
