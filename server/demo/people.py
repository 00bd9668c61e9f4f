"""Synthetic people: a name that fits its sex, a birth date, papers and phones from ranges that nobody has
been given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Literal

from server.demo.names import MEN, PATRONYMICS, RARE_FATHERS, STREETS, WOMEN, Custom
from server.demo.surnames import SURNAMES, Pair, weights

Sex = Literal["male", "female"]
SNILS_FROM, SNILS = 990_000_000, 9_000_000  # numbers are handed out in order and have not come near
PHONES_FROM, PHONES = 79_430_000_000, 10_000_000  # the code 943 is not known to have been given to any operator
NO_PATRONYMIC = 0.04
RARE_FATHER = 0.02
DOUBLE_SURNAME = 0.015
TURKIC = 0.3
YEAR = 365.25  # days


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
        self._snils = _numbers(chance, SNILS_FROM, SNILS, 5_570_927)
        self._phones = _numbers(chance, PHONES_FROM, PHONES, 6_180_339)

    def adult(
        self, sex: Sex, surname: Pair | None = None, custom: Custom | None = None, before: date | None = None
    ) -> Human:
        """A grown-up of 20 to 48, or 18 to 38 years older than who was born on a day, with a given (man's, woman's)
        surname or one of the custom's."""
        custom = custom or self.custom()
        pair = surname or self.surname(custom)
        rare = custom is Custom.SLAVIC and self._chance.random() < RARE_FATHER
        father = self._chance.choice(tuple(RARE_FATHERS) if rare else MEN[custom])
        born = self._born(before, 18, 38) if before else self._born(self._today, 20, 48)
        return self._person(pair, sex, father, born, custom)

    def child(self, surname: Pair, father: str, custom: Custom, taken: set[str], born: date | None = None) -> Human:
        """A child of 0 to 16 (or born on a day, as twins are) of a father (his given name), called otherwise than its
        brothers and sisters."""
        sex: Sex = "female" if self._chance.random() < 0.5 else "male"
        while True:
            child = self._person(surname, sex, father, born or self._born(self._today, 0, 17), custom)
            if child.given not in taken:
                return child

    def custom(self) -> Custom:
        return Custom.TURKIC if self._chance.random() < TURKIC else Custom.SLAVIC

    def surname(self, custom: Custom) -> Pair:
        """A surname as a man and as a woman bear it, frequent ones more often; some are double."""
        first = self._single_surname(custom)
        if self._chance.random() >= DOUBLE_SURNAME:
            return first
        second = self._single_surname(custom)
        return first if first == second else (f"{first[0]}-{second[0]}", f"{first[1]}-{second[1]}")

    def _single_surname(self, custom: Custom) -> Pair:
        (found,) = self._chance.choices(SURNAMES[custom], cum_weights=weights(custom))
        return found

    def snils(self) -> str:
        """A valid insurance number, never the same twice."""
        number = str(next(self._snils))
        total = sum(int(digit) * weight for digit, weight in zip(number, range(9, 0, -1), strict=True))
        return f"{number}{total % 101 % 100:02d}"

    def phone(self) -> str:
        """A phone number in E.164, never the same twice."""
        return f"+{next(self._phones)}"

    def address(self, locality: str) -> str:
        """A street and house in a locality, e.g. «с Джанай, ул. Садовая, д. 5»."""
        house = self._chance.randint(1, 60)
        flat = f", кв. {self._chance.randint(1, 16)}" if self._chance.random() < 0.15 else ""
        return f"{locality}, ул. {self._chance.choice(STREETS)}, д. {house}{flat}"

    def _person(self, surname: Pair, sex: Sex, father: str, born: date, custom: Custom) -> Human:
        woman = sex == "female"
        given = self._chance.choice((WOMEN if woman else MEN)[custom])
        patronymic = None if self._chance.random() < NO_PATRONYMIC else _patronymic(father, woman)
        return Human(surname[woman], given, patronymic, sex, born, custom)

    def _born(self, before: date, youngest: int, oldest: int) -> date:
        """A day so many years before another one, at least twenty days more than the fewest."""
        return before - timedelta(days=self._chance.randint(round(youngest * YEAR) + 20, round(oldest * YEAR) - 20))


def _patronymic(father: str, woman: bool) -> str:
    return (PATRONYMICS.get(father) or RARE_FATHERS[father])[woman]


def _numbers(chance: Random, first: int, size: int, step: int) -> Iterator[int]:
    """The numbers of a block in an order that looks like chance: the step shares no factor with the size."""
    start = chance.randrange(size)
    return (first + (start + step * number) % size for number in count())
