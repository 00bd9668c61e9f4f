"""Synthetic people: a name that fits its sex, a birth date, papers and phones from ranges that nobody has
been given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

from server.demo.names import MEN, PATRONYMICS, STREETS, SURNAMES, WOMEN, Custom

Sex = Literal["male", "female"]
SNILS_FROM = 990_000_000  # numbers are handed out in order and have not come near
PHONES_FROM = "+7900000"  # no operator is known to have put this block into use
NO_PATRONYMIC = 0.04
TURKIC = 0.3


@dataclass(frozen=True, slots=True)
class Human:
    """One invented person. ``patronymic`` is None for some, as in life; ``born`` is a day."""

    surname: str
    given: str
    patronymic: str | None
    sex: Sex
    born: date
    custom: Custom

    @property
    def full_name(self) -> str:
        """Surname, given name and patronymic."""
        return " ".join(filter(None, (self.surname, self.given, self.patronymic)))


class People:
    """Makes people from a seeded source of chance; papers and phones are never given out twice."""

    def __init__(self, chance: Random, today: date) -> None:
        self._chance = chance
        self._today = today
        self._snils = iter(chance.sample(range(SNILS_FROM, SNILS_FROM + 9_000_000), 20_000))
        self._phones = iter(chance.sample(range(10_000), 10_000))

    def adult(self, sex: Sex, surname: tuple[str, str] | None = None, custom: Custom | None = None) -> Human:
        """A grown-up of 20 to 48, with a given (man's, woman's) surname or one of the custom's."""
        custom = custom or self.custom()
        pair = surname or self.surname(custom)
        father = self._chance.choice(MEN[custom])
        return self._person(pair, sex, father, self._born(20, 48), custom)

    def child(self, surname: tuple[str, str], father: str, custom: Custom, taken: set[str]) -> Human:
        """A child of 0 to 17 of a father (his given name), called otherwise than its brothers and sisters."""
        sex: Sex = "female" if self._chance.random() < 0.5 else "male"
        while True:
            child = self._person(surname, sex, father, self._born(0, 17), custom)
            if child.given not in taken:
                return child

    def custom(self) -> Custom:
        return Custom.TURKIC if self._chance.random() < TURKIC else Custom.SLAVIC

    def surname(self, custom: Custom) -> tuple[str, str]:
        """A surname as a man and as a woman bear it."""
        return self._chance.choice(SURNAMES[custom])

    def snils(self) -> str:
        """A valid insurance number, never the same twice."""
        number = f"{next(self._snils):09d}"
        total = sum(int(digit) * weight for digit, weight in zip(number, range(9, 0, -1), strict=True))
        return f"{number}{total % 101 % 100:02d}"

    def phone(self) -> str:
        """A phone number in E.164, never the same twice."""
        return f"{PHONES_FROM}{next(self._phones):04d}"

    def address(self, locality: str) -> str:
        """A street and house in a locality, e.g. «с Джанай, ул. Садовая, д. 5»."""
        house = self._chance.randint(1, 60)
        flat = f", кв. {self._chance.randint(1, 16)}" if self._chance.random() < 0.15 else ""
        return f"{locality}, ул. {self._chance.choice(STREETS)}, д. {house}{flat}"

    def _person(self, surname: tuple[str, str], sex: Sex, father: str, born: date, custom: Custom) -> Human:
        woman = sex == "female"
        given = self._chance.choice((WOMEN if woman else MEN)[custom])
        patronymic = None if self._chance.random() < NO_PATRONYMIC else PATRONYMICS[father][woman]
        return Human(surname[woman], given, patronymic, sex, born, custom)

    def _born(self, youngest: int, oldest: int) -> date:
        return self._today - timedelta(days=self._chance.randint(youngest * 366 + 20, oldest * 365))
