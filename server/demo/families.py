"""Families of the demonstration: parents or guardians, children, the home, the case; one child lives between
two families."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from server.demo.people import Human, People
from server.demo.places import Place, Team
from server.demo.script import Script

PER_PLACE = (7, 7, 6)
CIRCUMSTANCES = ("3", "4", "5", "7", "8")
HOUSEHOLDS = (
    "Дом саманный, две комнаты, печное отопление, вода из колонки.",
    "Половина дома, газовый котёл, вода в доме, баня во дворе.",
    "Дом требует ремонта крыши; у детей отдельная комната.",
    "Квартира в двухэтажном доме, центральная вода, тёплая.",
    "Дом на берегу ерика, держат корову и птицу, огород.",
)
DIRECTIONS = (
    "За мостом направо, третий дом от магазина, зелёные ворота.",
    "После дождя по улице не проехать: оставлять машину у школы.",
    "Паром ходит до 18:00, звонить паромщику заранее.",
    "Вход со двора, собака на цепи.",
)


@dataclass(frozen=True, slots=True)
class Home:
    """A family as the rest of the script needs it: where it is, since when it is known, who its children
    are."""

    id: str
    team: Team
    place: Place
    known: datetime
    children: list[tuple[str, Human]]


def make_families(script: Script, people: People, teams: list[Team]) -> list[Home]:
    """About twenty families a team, over its settlements."""
    homes: list[Home] = []
    for team in teams:
        for place, count in zip(team.places, PER_PLACE, strict=True):
            for _ in range(count):
                homes.append(_make_family(script, people, team, place, len(homes) + 1))
    _share_a_child(script, homes[0], homes[len(homes) // 2])
    return homes


def _make_family(script: Script, people: People, team: Team, place: Place, number: int) -> Home:
    known = script.moment(script.chance.randint(60, 360), script.chance.randint(9, 16), script.chance.randint(0, 59))
    guardian = script.happens(0.1)
    id = script.write(known, "family", **_case(script, people, team, place, known, number, guardian))
    home = Home(id, team, place, known, [])
    if guardian:
        _settle_guardian(script, people, home)
    else:
        _settle_parents(script, people, home)
    return home


def _case(
    script: Script, people: People, team: Team, place: Place, known: datetime, number: int, guardian: bool
) -> dict[str, Any]:
    """The fields of a family."""
    chance = script.chance
    income = chance.randrange(4_000, 19_000, 50) if script.happens(0.8) else None
    return {
        "number": f"{team.code}/{number:03d}",
        "territory": place.id,
        "form": "guardianship" if guardian else "birth",
        "address": people.address(chance.choice(place.localities)),
        "household": chance.choice(HOUSEHOLDS),
        "case_status": {"from": None, "to": "active" if script.happens(0.85) else "new"},
        "circumstances": sorted(script.some(CIRCUMSTANCES, 2)),
        "escort_level": chance.choice(("adaptation", "basic", "basic", "crisis")),
        "income_per_head": income,
        "income_as_of": known.date().isoformat() if income else None,
        "first_contact": known.date().isoformat(),
        "phones": [people.phone()] if script.happens(0.85) else [],
        "directions": [chance.choice(DIRECTIONS)] if script.happens(0.4) else [],
    }


def _settle_parents(script: Script, people: People, home: Home) -> None:
    """A mother, often a father; one to five children with his surname, or hers."""
    custom = people.custom()
    surname = people.surname(custom)
    married = script.happens(0.6)
    mother = people.adult("female", surname if married or script.happens(0.5) else None, custom)
    father = people.adult("male", surname, custom)
    _join(script, people, home, mother, "mother", "parent")
    if married:
        _join(script, people, home, father, "father", "parent")
    count = script.chance.choice((1, 1, 2, 2, 2, 3, 3, 4, 5))
    _bear(script, people, home, surname, father, count, "child")


def _settle_guardian(script: Script, people: People, home: Home) -> None:
    """A grandmother or an aunt with one or two wards."""
    custom = people.custom()
    guardian = people.adult("female", None, custom)
    father = people.adult("male", None, custom)
    _join(script, people, home, guardian, "guardian", "guardianship")
    _bear(script, people, home, people.surname(custom), father, script.chance.choice((1, 2)), "ward")


def _bear(
    script: Script, people: People, home: Home, surname: tuple[str, str], father: Human, count: int, role: str
) -> None:
    for _ in range(count):
        taken = {child.given for _, child in home.children}
        child = people.child(surname, father.given, father.custom, taken)
        home.children.append((_join(script, people, home, child, role), child))


def _join(script: Script, people: People, home: Home, human: Human, role: str, basis: str | None = None) -> str:
    """A person and their membership, written when the family is met or the child is born. Returns the person's id."""
    met = max(home.known, _noon_after(human.born, home.known))
    id = script.write(met, "person", **_person(script, people, home.place, human, adult=basis is not None))
    _make_member(script, met, home, id, role, met.date() if basis else human.born, basis)
    return id


def _noon_after(born: date, like: datetime) -> datetime:
    return datetime.combine(born + timedelta(days=10), time(12), like.tzinfo)


def _make_member(
    script: Script, met: datetime, home: Home, person: str, role: str, since: date, basis: str | None
) -> None:
    script.write(
        met,
        "membership",
        person=person,
        family=home.id,
        role=role,
        periods=[{"from": since.isoformat()}],
        is_legal_representative=True if basis else None,
        representative_basis=basis,
    )


def _person(script: Script, people: People, place: Place, human: Human, adult: bool) -> dict[str, Any]:
    school_age = 7 <= (script.today - human.born).days // 365 <= 17
    born = human.born.isoformat()
    return {
        "surname": human.surname,
        "given": human.given,
        "patronymic": human.patronymic,
        "sex": human.sex,
        "birth_date": born[:4] if adult and script.happens(0.05) else born,
        "snils": people.snils() if script.happens(0.6) else None,
        "phones": [people.phone()] if adult and script.happens(0.5) else [],
        "school": f"Школа, {place.localities[0]}" if school_age and not adult else None,
        "disability": "child" if not adult and script.happens(0.06) else None,
    }


def _share_a_child(script: Script, birth: Home, foster: Home) -> None:
    """A child of one family lives with another: both memberships are good at once (domain, section 2)."""
    child, human = birth.children[0]
    moved = script.moment(50)
    _make_member(script, moved, foster, child, "ward", moved.date(), None)
    foster.children.append((child, human))
