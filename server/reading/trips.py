"""The trips of the teams: what is planned, how far they have come by what their tablets have reported, and what a
tablet proposed that waits for the office's word (territories outside the team's own)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, true

from server import clock, epoch, projections, reference, register, trips
from server.db import reading
from server.inbox import chunks
from server.models import Record
from server.reading import tablets
from server.reading.names import named, named_ids
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.reading.tablets import Tablet
from server.reading.words import Words
from server.register import Stored
from server.stops import Stop, in_order

OVER = ("finished", "cancelled")


@dataclass(frozen=True, slots=True)
class Filter:
    """``since`` and ``until``: local days; trips that touch them. ``asks``: only those that wait for the office.
    None: any."""

    since: date
    until: date
    team: str | None = None
    status: str | None = None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One trip. ``families``: how many its stops name; ``visited``: how many families have a visit of this trip;
    ``asked``: the territories that wait to be confirmed."""

    trip: Stored
    team: dict[str, Any]
    families: int
    visited: int
    asked: list[str]


@dataclass(frozen=True, slots=True)
class Visited:
    """What a tablet has reported of a family in a trip."""

    visit: str
    family: str
    result: str | None
    started_at: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """A stop with what came of it. ``family``: its record, None where it names none or one out of reach (then
    ``hidden``). ``visits``: of its family, or in its territory."""

    stop: Stop
    family: Stored | None
    hidden: bool
    visits: list[Visited]


@dataclass(frozen=True, slots=True)
class Shown:
    """One trip. ``besides``: visits of the trip to families that no stop names. ``tablets``: of its team. ``epoch``:
    the present one."""

    line: Line
    steps: list[Step]
    besides: list[Visited]
    tablets: list[Tablet]
    words: Words
    epoch: str


def listed(wanted: Filter, reach: Reach, number: int = 1) -> Page[Line]:
    """The trips that match, the earliest first."""
    with reading() as connection:
        trip = projections.table("trip").c
        conditions = _conditions(wanted, reach, connection)
        query = select(trip.record).where(*conditions).order_by(trip.date_from, trip.record)
        total = connection.scalar(select(func.count()).select_from(trip.record.table).where(*conditions)) or 0
        ids = list(connection.scalars(query.limit(SIZE).offset(offset(number))))
        return Page(_lines(ids, connection), total, number)


def month(first: date, team: str | None, reach: Reach, most: int) -> dict[date, list[Line]]:
    """Day → its trips, for the weeks that a month's sheet shows; ``most`` + 1 a day at most."""
    start = first - timedelta(days=first.weekday())
    days = [start + timedelta(days=each) for each in range(42)]
    wanted = Filter(days[0], days[-1], team)
    with reading() as connection:
        trip = projections.table("trip").c
        query = select(trip.record, trip.date_from, trip.date_to).where(*_conditions(wanted, reach, connection))
        rows = list(connection.execute(query.order_by(trip.date_from, trip.record)))
        on = {day: [row.record for row in rows if row.date_from <= day.isoformat() <= row.date_to] for day in days}
        shown = {id for ids in on.values() for id in ids[: most + 1]}
        lines = {line.trip.id: line for line in _lines(sorted(shown), connection)}
    return {day: [lines[id] for id in ids if id in lines] for day, ids in on.items()}


def asking(reach: Reach) -> int:
    """How many trips wait for the office's word."""
    with reading() as connection:
        return len(_asking(reach, connection))


def shown(record: str, reach: Reach, words: Words, now: int) -> Shown | None:
    """One trip; None where there is none within reach."""
    with reading() as connection:
        trip = register.fetch([record], connection).get(record)
        if trip is None or trip.type != "trip" or trip.deleted or not reach.sees(record, connection):
            return None
        (line,) = _lines([record], connection)
        stops = in_order(trip.fields.get("stops") or [])
        met = _visits(record, reach, connection)
        known = _families({stop["family"] for stop in stops if stop.get("family")}, reach, connection)
        places = _places({each.family for each in met}, connection)
        steps = [_step(stop, known, met, places) for stop in stops]
        told = {visit.visit for step in steps for visit in step.visits}
        besides = [each for each in met if each.visit not in told]
        names = named(words, [trip, *known.values()], connection)
        names = named_ids(names, {*known, *(each.family for each in met)}, connection)
        present = epoch.of(connection)
    team = trip.fields.get("team")
    mine = [each for each in tablets.tablets(reach, now) if each.team_id == team and not each.revoked_at]
    return Shown(line, steps, besides, mine, names, present)


def _step(stop: Stop, known: dict[str, Stored], met: list[Visited], places: dict[str, frozenset[str]]) -> Step:
    family, territory = stop.get("family"), stop.get("territory")
    if family:
        return Step(stop, known.get(family), family not in known, [each for each in met if each.family == family])
    there = [each for each in met if territory and territory in places.get(each.family, ())]
    return Step(stop, None, False, there)


def _conditions(wanted: Filter, reach: Reach, connection: Connection) -> list[ColumnElement[bool]]:
    trip = projections.table("trip").c
    return [
        trip.date_to >= wanted.since.isoformat(),
        trip.date_from <= wanted.until.isoformat(),
        reach.team(trip.team),
        reach.shows(trip.record),
        trip.team == wanted.team if wanted.team else true(),
        trip.status == wanted.status if wanted.status else true(),
        trip.record.in_(_asking(reach, connection)) if wanted.asks else true(),
    ]


def _asking(reach: Reach, connection: Connection) -> list[str]:
    """The trips that go on and name territories which their tablets cannot read yet. There are few trips that go on."""
    trip = projections.table("trip").c
    goes_on = (trip.status.is_(None)) | (trip.status.not_in(OVER))
    lasts = trip.date_to >= trips.since(clock.now())
    names_places = Record.body.contains('"territories":["')
    query = select(trip.record).join(Record, Record.id == trip.record)
    ids = connection.scalars(query.where(goes_on, lasts, reach.team(trip.team), reach.shows(trip.record), names_places))
    found = register.fetch(ids, connection)
    reference.current(connection)
    return [id for id, each in sorted(found.items()) if asked(each.fields)]


def asked(trip: dict[str, Any]) -> list[str]:
    """The territories of a trip that its team's tablets cannot read, and that the office has not confirmed."""
    if trip.get("status") in OVER:
        return []
    known = reference.current()
    confirmed = frozenset[str]().union(*(known.within(id) for id in trip.get("confirmed_territories") or ()))
    open_to = known.feeds_of_team(trip.get("team")) | confirmed
    return [id for id in trip.get("territories") or () if id not in open_to and id in known.territories]


def _lines(ids: list[str], connection: Connection) -> list[Line]:
    records, visited = register.fetch(ids, connection), _visited(ids, connection)
    teams = reference.current(connection).teams
    return [_line(records[id], teams, visited.get(id, 0)) for id in ids if id in records]


def _line(trip: Stored, teams: dict[str, Any], visited: int) -> Line:
    families = {stop["family"] for stop in trip.fields.get("stops") or () if stop.get("family")}
    return Line(trip, teams.get(trip.fields.get("team") or "", {}), len(families), visited, asked(trip.fields))


def _visited(trips: list[str], connection: Connection) -> dict[str, int]:
    """Trip → how many families were visited."""
    visit = projections.table("visit").c
    count = select(visit.trip, func.count(visit.family.distinct())).where(visit.joint.is_(None)).group_by(visit.trip)
    rows = (row for part in chunks(trips) for row in connection.execute(count.where(visit.trip.in_(part))))
    return {row[0]: row[1] for row in rows}


def _visits(trip: str, reach: Reach, connection: Connection) -> list[Visited]:
    """The visits of a trip within reach, as they were made."""
    visit = projections.table("visit").c
    query = select(visit.record, visit.family, visit.result, visit.started_at)
    rows = connection.execute(query.where(visit.trip == trip, visit.joint.is_(None)).order_by(visit.started_at)).all()
    seen = reach.seen([row.family for row in rows if row.family], connection)
    return [Visited(row.record, row.family, row.result, row.started_at) for row in rows if row.family in seen]


def _families(ids: Iterable[str], reach: Reach, connection: Connection) -> dict[str, Stored]:
    found = register.fetch(reach.seen(ids, connection), connection)
    return {id: each for id, each in found.items() if not each.deleted}


def _places(families: Iterable[str], connection: Connection) -> dict[str, frozenset[str]]:
    """Family → the territory it lives in and all that this lies in."""
    table, known = projections.table("family").c, reference.current(connection)
    query = select(table.record, table.territory)
    rows = (
        row for part in chunks(sorted(set(families))) for row in connection.execute(query.where(table.record.in_(part)))
    )
    return {row.record: frozenset(known.above(row.territory)) for row in rows}
