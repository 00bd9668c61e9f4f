"""Where a demonstration takes place: the real settlements of Astrakhan, a programme, institutions, teams with
their workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import cycle
from pathlib import Path

from server.demo.people import Human, People
from server.demo.script import Script
from server.imports.oktmo import prepare

EDITION = Path(__file__).parents[1] / "data" / "oktmo" / "astrakhan.csv"
EDITION_DAY = date(2023, 1, 1)  # the file is older than the first okrugs of 2024
REGION = "12000000"
CENTRES = 3  # of the institutions below, the first ones send out teams
POSITIONS = (
    ("Специалист по социальной работе", "social_work"),
    ("Специалист по работе с семьёй", "family_work"),
    ("Психолог", "psychologist"),
)
# Ten digits that are valid by their check digit, under a tax office that does not exist (3099).
INSTITUTIONS = (
    ("3099000010", "Центр социальной поддержки населения, Красный Яр", "centre"),
    ("3099000027", "Центр социальной поддержки населения, Икряное", "centre"),
    ("3099000034", "Центр социальной поддержки населения, Лиман", "centre"),
    ("3099000041", "Виктория", "escort_service"),
    ("3099000059", "Виктория", "resource_service"),
)


Territories = dict[str, tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A settlement and the names of its localities."""

    id: str
    name: str
    localities: list[str]


@dataclass(frozen=True, slots=True)
class Worker:
    """A specialist. ``role``: what a visit_part calls it."""

    id: str
    human: Human
    role: str


@dataclass(frozen=True, slots=True)
class Crew:
    """A team to be made: its code and name, and the OKTMO codes of the settlements where it works."""

    code: str
    name: str
    places: tuple[str, ...]


TEAMS = (
    Crew("KY-1", "Красный Яр", ("12630436", "12630424", "12630416")),
    Crew("IK-1", "Икряное", ("12620420", "12620425", "12620429")),
    Crew("LI-1", "Лиман", ("12635151", "12635436", "12635444")),
)


@dataclass(frozen=True, slots=True)
class Team:
    """A team as the rest of the script needs it: its code, where it works and who belongs to it."""

    id: str
    code: str
    name: str
    places: list[Place]
    workers: list[Worker]


def make_teams(script: Script, people: People, crews: Sequence[Crew], days_ago: int = 365) -> list[Team]:
    """Territories, programme, institutions, teams and workers, since so many days ago."""
    territories = _make_territories(script, days_ago + 1)
    start = script.moment(days_ago)
    centres = [_make_institution(script, start, territories[REGION][0], *about) for about in INSTITUTIONS]
    program = script.write(
        start,
        "program",
        name="Здоровая семья",
        description="Мобильные бригады выезжают к семьям с детьми в отдалённые сёла.",
        date_from=start.date().isoformat(),
    )
    below = _below(territories)
    return [
        _make_team(script, people, start, crew, program, centre, [_place(territories, below, at) for at in crew.places])
        for centre, crew in zip(cycle(centres[:CENTRES]), crews, strict=False)
    ]


def _make_territories(script: Script, days_ago: int) -> Territories:
    """OKTMO code → (id, name, parent's id)."""
    start = script.moment(days_ago)
    plan = prepare(EDITION, EDITION_DAY, {}, {}, lambda: script.make_id(start))
    for change in plan.changes:
        script.take(start, change)
    return {
        change.set["oktmo"]: (change.id, change.set["name"], change.set.get("parent", "")) for change in plan.changes
    }


def _below(territories: Territories) -> dict[str, list[str]]:
    """id → the names of what lies in it."""
    below: dict[str, list[str]] = defaultdict(list)
    for _, name, parent in territories.values():
        below[parent].append(name)
    return below


def _make_institution(script: Script, start: datetime, region: str, inn: str, name: str, kind: str) -> str:
    return script.write(
        start,
        "institution",
        inn=inn,
        region=region,
        name=name,
        unit_kind=kind,
        hours="Пн–Пт с 8:00 до 17:00",
    )


def _make_team(
    script: Script, people: People, start: datetime, crew: Crew, program: str, centre: str, places: list[Place]
) -> Team:
    id = script.write(
        start,
        "team",
        code=crew.code,
        name=f"Здоровая семья, {crew.name}",
        kind="mobile_brigade",
        program=program,
        institution=centre,
        phone=people.phone(),
        territories=[place.id for place in places],
    )
    workers = [_make_worker(script, people, start, id, position, role) for position, role in POSITIONS]
    return Team(id, crew.code, crew.name, places, workers)


def _place(territories: Territories, below: dict[str, list[str]], oktmo: str) -> Place:
    id, name, _ = territories[oktmo]
    return Place(id, name, below[id])


def _make_worker(script: Script, people: People, start: datetime, team: str, position: str, role: str) -> Worker:
    human = people.adult("male" if script.happens(0.15) else "female")
    id = script.write(start, "worker", name=human.full_name, team=team, position=position, phone=people.phone())
    return Worker(id, human, role)
