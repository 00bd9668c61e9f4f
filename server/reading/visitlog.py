"""The visit log: visits of a period in a territory and by a team, newest first, with totals over all that match."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, distinct, func, select

from server import epoch, projections, reference, register
from server.db import reading
from server.inbox import chunks
from server.reading.households import Household, households
from server.reading.joint import Part, of_firsts, stage_of
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.reading.search import MOST
from server.reading.visitfilter import Filter, conditions, homes_of, joined, needed, order, team
from server.register import Stored


@dataclass(frozen=True, slots=True)
class Line:
    """One visit of the log; a joint one is one line. ``territory`` and ``team`` are fields of those records, {} when
    unknown.

    ``services``: codes of what the visit, the others of a joint one and all of their parts name, each once.
    ``records``: all of a joint visit, each at its own stage. ``stage``: of the review of the whole.
    """

    visit: Stored
    family: str | None
    number: str | None
    address: str | None
    household: Household | None
    territory: dict[str, Any]
    team: dict[str, Any]
    services: list[str]
    records: list[Part]
    stage: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Over all that match, a joint visit once: ``results`` maps a result to how many visits ended so; ``families``
    counts each once."""

    visits: int
    families: int
    results: dict[str, int]


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the log and the totals of the whole. ``epoch``: the present one. ``is_cut``: the words find more
    families than are looked at."""

    page: Page[Line]
    totals: Totals
    epoch: str
    is_cut: bool


def visits(wanted: Filter, reach: Reach, number: int = 1, size: int = SIZE) -> Log:
    """The visits that match, a page of them."""
    with reading() as connection:
        reference.current(connection)
        homes = homes_of(wanted, reach, connection)
        matching = conditions(wanted, reach, homes)
        found = _totals(matching, needed(wanted, reach), connection)
        query = _lines_query().where(*matching).order_by(*order(wanted))
        rows = list(connection.execute(query.limit(size).offset(offset(number, size))))
        page = Page(_lines(rows, wanted.until, reach, connection), found.visits, number, size)
        return Log(page, found, epoch.of(connection), len(homes or ()) > MOST)


def totals(wanted: Filter, reach: Reach) -> Totals:
    """Over all visits that match."""
    with reading() as connection:
        reference.current(connection)
        matching = conditions(wanted, reach, homes_of(wanted, reach, connection))
        return _totals(matching, needed(wanted, reach), connection)


def of_family(family: str, today: date, reach: Reach, connection: Connection, limit: int = SIZE) -> list[Line]:
    """The latest visits to one family."""
    visit = projections.table("visit").c
    query = (
        _lines_query()
        .where(visit.family == family, visit.joint.is_(None))
        .order_by(visit.started_at.desc())
        .limit(limit)
    )
    return _lines(list(connection.execute(query)), today, reach, connection)


def of_ids(ids: list[str], today: date, reach: Reach, connection: Connection) -> list[Line]:
    """Those of these visits that are within reach, in this order."""
    visit, seen = projections.table("visit").c, reach.seen(ids, connection)
    rows = {row.record: row for row in connection.execute(_lines_query().where(visit.record.in_(sorted(seen))))}
    return _lines([rows[id] for id in ids if id in rows], today, reach, connection)


def _totals(matching: list[ColumnElement[bool]], joins: list[str], connection: Connection) -> Totals:
    visit, found = projections.table("visit").c, joined(*joins)
    by_result = select(visit.result, func.count()).select_from(found).where(*matching).group_by(visit.result)
    results = {result or "": count for result, count in connection.execute(by_result)}
    families = connection.scalar(select(func.count(distinct(visit.family))).select_from(found).where(*matching))
    return Totals(sum(results.values()), families or 0, results)


def _lines_query() -> Select[Any]:
    visit, family = projections.table("visit").c, projections.table("family").c
    of_family = (family.number, family.address, family.territory)
    return select(visit.record, visit.family, *of_family, team().label("team")).select_from(joined("family", "trip"))


def _lines(rows: list[Row[Any]], today: date, reach: Reach, connection: Connection) -> list[Line]:
    records = register.fetch((row.record for row in rows), connection)
    who = households((row.family for row in rows if row.family), today, reach, connection)
    joint = of_firsts(records, connection)
    parts = _parts([each.visit.id for several in joint.values() for each in several], connection)
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
            _services([part for each in joint[row.record] for part in [each.visit, *parts.get(each.visit.id, [])]]),
            joint[row.record],
            stage_of(joint[row.record]),
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
