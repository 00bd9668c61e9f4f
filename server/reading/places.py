"""Territories, teams and specialists as choices of a filter, within a person's reach."""

from __future__ import annotations

from dataclasses import dataclass

from server import reference
from server.reading.reach import Reach
from server.reference import DISTRICTS


@dataclass(frozen=True, slots=True)
class Place:
    """A territory to choose. ``depth`` 0: a district or okrug, 1: a service territory in it."""

    id: str
    name: str
    depth: int


def places(reach: Reach) -> list[Place]:
    """Districts with their service territories below them, by name."""
    known = reference.current()
    units: dict[str, list[str]] = {
        id: [] for id, fields in known.territories.items() if fields.get("kind") in DISTRICTS
    }
    for id in known.service_territories():
        district = known.district_of(id)
        if district in units and id != district:
            units[district].append(id)
    return [place for district in sorted(units, key=_name) for place in _with_units(district, units[district], reach)]


def _with_units(district: str, units: list[str], reach: Reach) -> list[Place]:
    below = [Place(id, _name(id), 1) for id in units if reach.territories is None or id in reach.territories]
    seen = reach.territories is None or district in reach.territories
    return [Place(district, _name(district), 0), *below] if seen else below


def _name(id: str) -> str:
    return str(reference.current().territories[id].get("name", ""))


def teams(reach: Reach) -> list[tuple[str, str]]:
    """(id, name) of the teams, by name."""
    known = reference.current().teams
    seen = [
        (id, str(fields.get("name", ""))) for id, fields in known.items() if reach.teams is None or id in reach.teams
    ]
    return sorted(seen, key=lambda team: team[1])


def workers(reach: Reach) -> list[tuple[str, str]]:
    """(id, name) of the specialists of the teams within reach, by name."""
    known = reference.current()
    seen = [
        (id, str(fields.get("name", "")))
        for id, fields in known.workers.items()
        if reach.teams is None or fields.get("team") in reach.teams
    ]
    return sorted(seen, key=lambda worker: worker[1])
