"""The route sheet of a trip: what a team takes along on paper. For each stop who lives there, how to reach them, what
was found and promised last time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from server import projections, reference, register
from server.db import reading
from server.inbox import chunks
from server.reading.households import Household, households
from server.reading.names import named
from server.reading.reach import Reach
from server.reading.words import Words
from server.register import Stored
from server.stops import Stop, in_order


@dataclass(frozen=True, slots=True)
class Home:
    """A family at a stop. ``territory``: fields of its territory; ``phones``: of the family, then of its members (name,
    number); ``last``: its latest visit; ``codes``: of the categories that it or a member is in on the trip's first
    day."""

    family: Stored
    household: Household
    territory: dict[str, Any]
    phones: list[tuple[str, str]]
    last: Stored | None
    codes: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A stop: ``place``: fields of its territory, {} without one; ``hidden``: its family is out of the reader's
    reach."""

    stop: Stop
    place: dict[str, Any]
    home: Home | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A trip on paper. ``team``: its fields; ``crew``: fields of the workers who go along."""

    trip: Stored
    team: dict[str, Any]
    crew: list[dict[str, Any]]
    rows: list[Row]
    words: Words


def sheet(record: str, reach: Reach, words: Words, today: date) -> Sheet | None:
    """None where there is no such trip within reach."""
    with reading() as connection:
        trip = register.fetch([record], connection).get(record)
        if trip is None or trip.type != "trip" or trip.deleted or not reach.sees(record, connection):
            return None
        known = reference.current(connection)
        stops = in_order(trip.fields.get("stops") or [])
        homes = _homes({stop["family"] for stop in stops if stop.get("family")}, trip, reach, today, connection)
        rows = [_row(stop, homes, known.territories) for stop in stops]
        every = [trip, *(home.family for home in homes.values()), *(h.last for h in homes.values() if h.last)]
        crew = [known.workers[id] for id in trip.fields.get("participants") or () if id in known.workers]
        team = known.teams.get(trip.fields.get("team") or "", {})
        return Sheet(trip, team, crew, rows, named(words, every, connection))


def _row(stop: Stop, homes: dict[str, Home], places: dict[str, dict[str, Any]]) -> Row:
    family = stop.get("family")
    home = homes.get(family or "")
    place = places.get(stop.get("territory") or "", {})
    return Row(stop, home.territory if home else place, home, bool(family) and home is None)


def _homes(ids: Iterable[str], trip: Stored, reach: Reach, today: date, connection: Connection) -> dict[str, Home]:
    found = {
        id: each for id, each in register.fetch(reach.seen(ids, connection), connection).items() if not each.deleted
    }
    who = households(found, today, reach, connection)
    people = register.fetch({each.person for home in who.values() for each in home.members if each.person}, connection)
    last = _last_visits(found, connection)
    codes = _codes(found, who, trip.fields.get("date_from") or today.isoformat(), connection)
    places = reference.current(connection).territories
    return {
        id: Home(
            each,
            who[id],
            places.get(each.fields.get("territory") or "", {}),
            _phones(each, who[id], people),
            last.get(id),
            codes.get(id, []),
        )
        for id, each in found.items()
    }


def _phones(family: Stored, household: Household, people: dict[str, Stored]) -> list[tuple[str, str]]:
    own = [("", number) for number in family.fields.get("phones") or ()]
    for each in household.members:
        if each.here and each.person in people:
            own += [(each.name, number) for number in people[each.person].fields.get("phones") or ()]
    return own


def _last_visits(families: Iterable[str], connection: Connection) -> dict[str, Stored]:
    """Family → its latest visit."""
    visit = projections.table("visit").c
    query = select(visit.record, visit.family).where(visit.joint.is_(None)).order_by(visit.started_at.desc())
    latest: dict[str, str] = {}
    for part in chunks(sorted(families)):
        for row in connection.execute(query.where(visit.family.in_(part))):
            latest.setdefault(row.family, row.record)
    records = register.fetch(latest.values(), connection)
    return {family: records[id] for family, id in latest.items()}


def _codes(
    families: Iterable[str], who: dict[str, Household], day: str, connection: Connection
) -> dict[str, list[str]]:
    """Family → the categories that it and its members are in on a day."""
    category = projections.table("category").c
    homes = {id: {id} for id in families}
    for id, home in who.items():
        for each in home.members:
            if each.person and each.here:
                homes.setdefault(each.person, set()).add(id)
    goes_on = (category.date_to.is_(None)) | (category.date_to >= day)
    found: dict[str, set[str]] = {}
    for part in chunks(sorted(homes)):
        for column in (category.family, category.person):
            query = select(column, category.code).where(column.in_(part), category.date_from <= day, goes_on)
            for id, code in connection.execute(query):
                for home_of in homes[id]:
                    found.setdefault(home_of, set()).add(code)
    return {id: sorted(codes) for id, codes in found.items()}
