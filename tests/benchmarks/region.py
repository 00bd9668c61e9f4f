"""The region at its true size, made from a seed: families, their children and parents, who belongs to whom.

76,000 families give about 111,000 children, 126,000 parents and 237,000 memberships: 550,000 ops. Families come
settlement by settlement, so that a part of the region is whole settlements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from schemas.ids import new_id
from server.office import Change

FAMILIES_A_PLACE, PLACES_A_TEAM = 167, 3
SNILS_FROM = 990_000_000  # numbers are handed out in order and have not come near
SURNAMES = ("Абрамов", "Баранов", "Власов", "Громов", "Ершов", "Жуков", "Зимин", "Комаров", "Лосев", "Орлов", "Соколов")
WOMEN = ("Анна", "Вера", "Галина", "Дарья", "Елена", "Инна", "Марина", "Ольга", "Татьяна", "Юлия")
MEN = ("Антон", "Борис", "Виктор", "Глеб", "Денис", "Егор", "Иван", "Кирилл", "Олег", "Павел")
STREETS = ("Ленина", "Мира", "Садовая", "Степная", "Речная", "Школьная", "Советская", "Набережная")


@dataclass(frozen=True, slots=True)
class Plan:
    """``places``: the settlements' ids; the first ``PLACES_A_TEAM`` of them are the ``team``'s, with its ``worker``."""

    district: str
    places: list[str]
    team: str
    worker: str
    families: int


def plan(families: int, random: Random) -> Plan:
    """Who is where, before anything is written."""
    count = max(PLACES_A_TEAM, -(-families // FAMILIES_A_PLACE))
    ids = [_id(random) for _ in range(count + 3)]
    return Plan(ids[0], ids[3:], ids[1], ids[2], families)


def reference(of: Plan) -> Iterator[Change]:
    """The settlements and the team."""
    yield Change("territory", of.district, set={"oktmo": "12600000", "kind": "district", "name": "Район"})
    for number, place in enumerate(of.places):
        code = f"12{600 + number // 99}4{number % 99 + 1:02}"
        told = {"oktmo": code, "kind": "rural_settlement", "name": f"Сельсовет {number}", "parent": of.district}
        yield Change("territory", place, set=told)
    team = {"code": "R-1", "name": "Бригада", "kind": "mobile_brigade"}
    yield Change("team", of.team, set=team, add={"territories": of.places[:PLACES_A_TEAM]})
    yield Change("worker", of.worker, set={"name": "Иванова Мария Петровна", "team": of.team})


def people(of: Plan, random: Random) -> Iterator[list[Change]]:
    """Family by family: its card, its people, their memberships."""
    for number in range(of.families):
        place = of.places[number // FAMILIES_A_PLACE] if of.families > FAMILIES_A_PLACE else of.places[0]
        yield list(_family(place, number, random))


def _family(place: str, number: int, random: Random) -> Iterator[Change]:
    family, surname = _id(random), random.choice(SURNAMES)
    address = f"ул. {random.choice(STREETS)}, д. {random.randint(1, 80)}"
    card = {"territory": place, "address": address, "form": "birth", "number": f"R/{number}",
            "case_status": {"from": None, "to": "active"}, "first_contact": "2024-03-01"}  # fmt: skip
    yield Change("family", family, set=card)
    parents = ("mother", "father") if number % 3 else ("mother",)
    children = 1 + (random.random() < 0.46)
    for order, role in enumerate((*parents, *("child" for _ in range(children)))):
        yield from _member(place, family, surname, role, number * 5 + order, random)


def _member(place: str, family: str, surname: str, role: str, number: int, random: Random) -> Iterator[Change]:
    person, is_child = _id(random), role == "child"
    sex = "male" if role == "father" or (is_child and random.random() < 0.5) else "female"
    year = random.randint(2009, 2024) if is_child else random.randint(1975, 2000)
    born = f"{year}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    named = {"surname": surname + "а", "given": random.choice(WOMEN)}
    if sex == "male":
        named = {"surname": surname, "given": random.choice(MEN)}
    told = {**named, "sex": sex, "birth_date": born, "snils": _snils(number)}
    yield Change("person", person, set=told, feed=place)
    belongs = {"person": person, "family": family, "role": role}
    since = {"periods": [{"from": born if is_child else "2010-01-01"}]}
    yield Change("membership", _id(random), set=belongs, add=since)


def _snils(number: int) -> str:
    """A valid insurance number, another for each number."""
    digits = f"{SNILS_FROM + number:09d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    return f"{digits}{total % 101 % 100:02d}"


def _id(random: Random) -> str:
    return new_id(bits=random.getrandbits)
