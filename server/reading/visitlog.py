"""The visit log: visits of a period in a territory and by a team, newest first, with totals over all that match."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Row, Select, distinct, func, select

from server import projections, reference, register
from server.db import reading
from server.inbox import chunks
from server.models import Device, Op
from server.reading.households import Household, households
from server.reading.instants import during, instant
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.register import Stored


@dataclass(frozen=True, slots=True)
class Filter:
    """``since`` and ``until``: local days, both included. ``territory``: with everything below it. None: any."""

    since: date
    until: date
    territory: str | None = None
    team: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One visit of the log. ``territory`` and ``team`` are fields of those records, {} when unknown.

    ``services``: codes of what the visit and all of its parts name, each once.
    """

    visit: Stored
    family: str | None
    number: str | None
    address: str | None
    household: Household | None
    territory: dict[str, Any]
    team: dict[str, Any]
    services: list[str]


@dataclass(frozen=True, slots=True)
class Totals:
    """Over all that match: ``results`` maps a result to how many visits ended so; ``families`` counts each once."""

    visits: int
    families: int
    results: dict[str, int]


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the log and the totals of the whole."""

    page: Page[Line]
    totals: Totals


def visits(wanted: Filter, reach: Reach, number: int = 1, size: int = SIZE, oldest_first: bool = False) -> Log:
    """The visits that match, a page of them."""
    with reading() as connection:
        reference.current(connection)
        found = _totals(wanted, reach, connection)
        started = projections.table("visit").c.started_at
        query = _matching(wanted, reach, _columns()).order_by(started.asc() if oldest_first else started.desc())
        rows = list(connection.execute(query.limit(size).offset(offset(number, size))))
        return Log(Page(_lines(rows, wanted.until, connection), found.visits, number, size), found)


def of_family(family: str, today: date, connection: Connection, limit: int = SIZE) -> list[Line]:
    """The latest visits to one family."""
    visit = projections.table("visit").c
    query = _joined(_columns()).where(visit.family == family).order_by(instant(visit.started_at).desc()).limit(limit)
    return _lines(list(connection.execute(query)), today, connection)


def totals(wanted: Filter, reach: Reach) -> Totals:
    """The totals alone."""
    with reading() as connection:
        return _totals(wanted, reach, connection)


def _totals(wanted: Filter, reach: Reach, connection: Connection) -> Totals:
    visit = projections.table("visit").c
    by_result = _matching(wanted, reach, (visit.result, func.count())).group_by(visit.result)
    results = {result or "": count for result, count in connection.execute(by_result)}
    families = connection.scalar(_matching(wanted, reach, (func.count(distinct(visit.family)),)))
    return Totals(sum(results.values()), families or 0, results)


def _matching(wanted: Filter, reach: Reach, columns: tuple[Any, ...]) -> Select[Any]:
    visit, family = projections.table("visit").c, projections.table("family").c
    query = _joined(columns).where(
        during(visit.started_at, wanted.since, wanted.until, current_app.config["VYEZD"].timezone),
        reach.within(family.territory, wanted.territory),
    )
    if wanted.team:
        query = query.where(_team() == wanted.team)
    return query.where(visit.result == wanted.result) if wanted.result else query


def _joined(columns: tuple[Any, ...]) -> Select[Any]:
    visit, family, trip = (projections.table(name) for name in ("visit", "family", "trip"))
    joined = visit.outerjoin(family, family.c.record == visit.c.family).outerjoin(trip, trip.c.record == visit.c.trip)
    return select(*columns).select_from(joined)


def _columns() -> tuple[Any, ...]:
    visit, family = projections.table("visit").c, projections.table("family").c
    return visit.record, visit.family, family.number, family.address, family.territory, _team().label("team")


def _team() -> Any:
    """The team of the visit's trip; of a visit without one, the team whose tablet wrote it first."""
    visit, trip = projections.table("visit").c, projections.table("trip").c
    written = select(Device.team).join(Op, Op.device == Device.id).where(Op.record == visit.record)
    first = written.order_by(Op.n).limit(1).correlate(visit.record.table)
    return func.coalesce(trip.team, first.scalar_subquery())


def _lines(rows: list[Row[Any]], today: date, connection: Connection) -> list[Line]:
    records = register.fetch((row.record for row in rows), connection)
    who = households((row.family for row in rows if row.family), today, connection)
    parts = _parts(list(records), connection)
    known = reference.current(connection)
    return [
        Line(
            records[row.record],
            row.family,
            row.number,
            row.address,
            who.get(row.family),
            known.territories.get(row.territory, {}),
            known.teams.get(row.team, {}),
            _services([records[row.record], *parts.get(row.record, [])]),
        )
        for row in rows
    ]


def _parts(visits: list[str], connection: Connection) -> dict[str, list[Stored]]:
    """Visit id → its parts."""
    part = projections.table("visit_part").c
    query = select(part.record)
    ids = [id for some in chunks(visits) for id in connection.scalars(query.where(part.visit.in_(some)))]
    found: dict[str, list[Stored]] = {}
    for each in register.fetch(ids, connection).values():
        found.setdefault(each.fields["visit"], []).append(each)
    return found


def _services(records: list[Stored]) -> list[str]:
    return list(dict.fromkeys(code for record in records for code in record.fields.get("services") or ()))
