"""Families of a demonstration: parents or guardians, children, the home, the case. What a family is to be (`Case`) is
decided before, by quotas in a region, by chance in the small demonstration."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from server.demo.names import Custom
from server.demo.people import Human, People
from server.demo.places import Place, Team
from server.demo.script import Script
from server.demo.surnames import Pair

PER_PLACE = (7, 7, 6)
CIRCUMSTANCES = ("3", "4", "5", "7", "8")
SUBSISTENCE = 15_000  # ₽ a month and head: below it a family counts as low-income
TWINS = 0.015
OF_AGE = 18
HAS_SNILS = {"adult": 0.95, "child": 0.8}
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
class Case:
    """What a family is to be. ``known``: since when the register has it; ``supported``: teams visit it;
    ``disabled``: which of its children are."""

    number: str
    place: Place
    known: datetime
    children: int
    guardian: bool
    supported: bool
    low_income: bool = False
    sop: bool = False
    disabled: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a home, by the record's id, with what its first op says of them."""

    id: str
    human: Human
    told: dict[str, Any]
    is_child: bool


@dataclass(frozen=True, slots=True)
class Home:
    """A family as the rest of the script needs it."""

    id: str
    case: Case
    address: str
    adults: list[Member] = field(default_factory=list)
    children: list[Member] = field(default_factory=list)


def make_families(script: Script, people: People, teams: list[Team]) -> list[Home]:
    """About twenty families a team, over its settlements; one child lives with another family than its own."""
    homes: list[Home] = []
    for team in teams:
        for place, count in zip(team.places, PER_PLACE, strict=True):
            for _ in range(count):
                homes.append(make_family(script, people, _some_case(script, team, place, len(homes) + 1)))
    _share_a_child(script, homes[0], homes[len(homes) // 2])
    return homes


def _some_case(script: Script, team: Team, place: Place, number: int) -> Case:
    known = script.moment(script.chance.randint(60, 360), script.chance.randint(9, 16), script.chance.randint(0, 59))
    guardian = script.happens(0.1)
    children = script.chance.choice((1, 2) if guardian else (1, 1, 2, 2, 2, 3, 3, 4, 5))
    return Case(
        number=f"{team.code}/{number:03d}",
        place=place,
        known=known,
        children=children,
        guardian=guardian,
        supported=True,
        low_income=script.happens(0.6),
        disabled=frozenset(child for child in range(children) if script.happens(0.06)),
    )


def make_family(script: Script, people: People, case: Case) -> Home:
    """A family with its members, as ops: written when it was met, or when a child was born."""
    address = people.address(script.chance.choice(case.place.localities))
    id = script.write(case.known, "family", **_told(script, people, case, address))
    home = Home(id, case, address)
    custom = people.custom()
    surname, father = people.surname(custom), people.adult("male", None, custom)
    children = _children(script, people, case, surname, father)
    adults = _guardian(people, custom) if case.guardian else _parents(script, people, surname, father, children)
    for human, role, basis in adults:
        home.adults.append(_join(script, people, home, human, role, basis))
    for number, child in enumerate(children):
        role = "ward" if case.guardian else "child"
        home.children.append(_join(script, people, home, child, role, disabled=number in case.disabled))
    _categorise(script, home)
    return home


def _categorise(script: Script, home: Home) -> None:
    """What the family and its children count as, each with the paper that it rests on."""
    known, day = home.case.known, home.case.known.date().isoformat()
    number = script.chance.randint(1, 400)
    if home.case.low_income:
        basis = f"Справка о доходах № {number}"
        script.write(known, "category", family=home.id, code="low_income", date_from=day, basis=basis)
    if home.case.sop:
        basis = f"Постановление КДН № {number}"
        script.write(known, "category", family=home.id, code="sop", date_from=day, basis=basis)
    for child in home.case.disabled:
        id, born = home.children[child].id, home.children[child].human.born
        since = max(known, _noon_after(born, known))
        script.write(since, "category", person=id, code="disabled_child", date_from=since.date().isoformat())


def _told(script: Script, people: People, case: Case, address: str) -> dict[str, Any]:
    """The fields of a family: more is known of those that teams visit."""
    told = {
        "number": case.number,
        "territory": case.place.id,
        "form": "guardianship" if case.guardian else "birth",
        "address": address,
        "phones": [people.phone()] if script.happens(0.85) else [],
        "first_contact": case.known.date().isoformat(),
    }
    return told | (_supported(script, case) if case.supported else {})


def _supported(script: Script, case: Case) -> dict[str, Any]:
    chance = script.chance
    income = chance.randrange(4_000, SUBSISTENCE, 50) if case.low_income else chance.randrange(SUBSISTENCE, 40_000, 50)
    asked = script.happens(0.8)
    return {
        "household": chance.choice(HOUSEHOLDS),
        "case_status": {"from": None, "to": "active" if script.happens(0.85) else "new"},
        "circumstances": sorted(script.some(CIRCUMSTANCES, 2)),
        "escort_level": "crisis" if case.sop else chance.choice(("adaptation", "basic", "basic")),
        "income_per_head": income if asked else None,
        "income_as_of": case.known.date().isoformat() if asked else None,
        "directions": [chance.choice(DIRECTIONS)] if script.happens(0.4) else [],
    }


def _children(script: Script, people: People, case: Case, surname: Pair, father: Human) -> list[Human]:
    """The children, each called otherwise; now and then two of them are twins."""
    children: list[Human] = []
    for _ in range(case.children):
        twin = children[-1].born if children and script.happens(TWINS) else None
        taken = {child.given for child in children}
        children.append(people.child(surname, father.given, father.custom, taken, twin))
    return children


def _parents(
    script: Script, people: People, surname: Pair, father: Human, children: list[Human]
) -> list[tuple[Human, str, str]]:
    """A mother, often a father; the children bear his surname, and she does or keeps her own."""
    oldest = min(child.born for child in children)
    married = script.happens(0.6)
    hers = surname if married or script.happens(0.5) else None
    mother = people.adult("female", hers, father.custom, oldest)
    if not married:
        return [(mother, "mother", "parent")]
    born = people.adult("male", surname, father.custom, oldest).born
    present = Human(surname[0], father.given, father.patronymic, "male", born, father.custom)
    return [(mother, "mother", "parent"), (present, "father", "parent")]


def _guardian(people: People, custom: Custom) -> list[tuple[Human, str, str]]:
    """A grandmother or an aunt."""
    return [(people.adult("female", None, custom), "guardian", "guardianship")]


def _join(
    script: Script,
    people: People,
    home: Home,
    human: Human,
    role: str,
    basis: str | None = None,
    disabled: bool = False,
) -> Member:
    """A person and their membership, written when the family is met or the child is born."""
    met = max(home.case.known, _noon_after(human.born, home.case.known))
    told = _person(script, people, home.case.place, human, disabled, adult=basis is not None)
    member = Member(script.write(met, "person", **told), human, told, is_child=basis is None)
    _make_member(script, met, home, member.id, role, met.date() if basis else human.born, basis)
    return member


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


def _person(script: Script, people: People, place: Place, human: Human, disabled: bool, adult: bool) -> dict[str, Any]:
    school_age = 7 <= (script.today - human.born).days // 365 <= 17
    born = human.born.isoformat()
    return {
        "surname": human.surname,
        "given": human.given,
        "patronymic": human.patronymic,
        "sex": human.sex,
        "birth_date": born[:4] if adult and script.happens(0.05) else born,
        "snils": people.snils() if script.happens(HAS_SNILS["adult" if adult else "child"]) else None,
        "phones": [people.phone()] if adult and script.happens(0.5) else [],
        "school": f"Школа, {place.localities[0]}" if school_age and not adult else None,
        "disability": "child" if disabled else None,
        "disability_until": f"{human.born.year + OF_AGE}-{born[5:7]}-01" if disabled else None,
    }


def _share_a_child(script: Script, birth: Home, foster: Home) -> None:
    """A child of one family lives with another: both memberships are good at once (domain, section 2)."""
    moved = script.moment(50)
    _make_member(script, moved, foster, birth.children[0].id, "ward", moved.date(), None)
