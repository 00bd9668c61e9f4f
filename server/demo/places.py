"""Where the demonstration takes place: the real settlements of Astrakhan, a programme, institutions, three
teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from server.demo.people import Human, People
from server.demo.script import Script
from server.imports.oktmo import prepare

EDITION = Path(__file__).parents[1] / "data" / "oktmo" / "astrakhan.csv"
EDITION_DAY = date(2023, 1, 1)  # the file is older than the first okrugs of 2024
REGION = "12000000"
TEAMS = (
    ("KY-1", "Красный Яр", "12630000", ("12630436", "12630424", "12630416")),
    ("IK-1", "Икряное", "12620000", ("12620420", "12620425", "12620429")),
    ("LI-1", "Лиман", "12635000", ("12635151", "12635436", "12635444")),
)
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
class Team:
    """One of the three teams: its code, where it works and who belongs to it."""

    id: str
    code: str
    name: str
    places: list[Place]
    workers: list[Worker]


def make_teams(script: Script, people: People) -> list[Team]:
    """Territories, programme, institutions, teams and workers."""
    territories = _make_territories(script)
    start = script.moment(365)
    centres = [_make_institution(script, territories[REGION][0], *about) for about in INSTITUTIONS]
    program = script.write(
        start,
        "program",
        name="Здоровая семья",
        description="Мобильные бригады выезжают к семьям с детьми в отдалённые сёла.",
        date_from=start.date().isoformat(),
    )
    return [
        _make_team(script, people, territories, program, centre, code, name, codes)
        for centre, (code, name, _, codes) in zip(centres, TEAMS, strict=False)
    ]


def _make_territories(script: Script) -> dict[str, tuple[str, str, str]]:
    """OKTMO code → (id, name, parent's id)."""
    start = script.moment(366)
    plan = prepare(EDITION, EDITION_DAY, {}, {}, lambda: script.make_id(start))
    for change in plan.changes:
        script.take(start, change)
    return {
        change.set["oktmo"]: (change.id, change.set["name"], change.set.get("parent", "")) for change in plan.changes
    }


def _make_institution(script: Script, region: str, inn: str, name: str, kind: str) -> str:
    return script.write(
        script.moment(365),
        "institution",
        inn=inn,
        region=region,
        name=name,
        unit_kind=kind,
        hours="Пн–Пт с 8:00 до 17:00",
    )


def _make_team(
    script: Script,
    people: People,
    territories: dict[str, tuple[str, str, str]],
    program: str,
    centre: str,
    code: str,
    name: str,
    codes: tuple[str, ...],
) -> Team:
    start = script.moment(364)
    places = [_place(territories, oktmo) for oktmo in codes]
    id = script.write(
        start,
        "team",
        code=code,
        name=f"Здоровая семья, {name}",
        kind="mobile_brigade",
        program=program,
        institution=centre,
        phone=people.phone(),
        territories=[place.id for place in places],
    )
    workers = [_make_worker(script, people, id, position, role) for position, role in POSITIONS]
    return Team(id, code, name, places, workers)


def _place(territories: dict[str, tuple[str, str, str]], oktmo: str) -> Place:
    id, name, _ = territories[oktmo]
    return Place(id, name, [name for _, name, parent in territories.values() if parent == id])


def _make_worker(script: Script, people: People, team: str, position: str, role: str) -> Worker:
    human = people.adult("male" if script.happens(0.15) else "female")
    id = script.write(
        script.moment(364), "worker", name=human.full_name, team=team, position=position, phone=people.phone()
    )
    return Worker(id, human, role)
