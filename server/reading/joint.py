"""The records of one visit to which several specialists came (rulebook/joint.py), and at what stage of its review it is
as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from server import projections, register
from server.bulk import among
from server.inbox import chunks
from server.models import Record
from server.register import Stored
from server.standing import ACCEPTED, RETURNED, SUBMITTED

_MOST_URGENT = (SUBMITTED, RETURNED, None, ACCEPTED)


@dataclass(frozen=True, slots=True)
class Part:
    """One record of a visit and the ``stage`` of its own review."""

    visit: Stored
    stage: str | None


def of_visit(visit: str, connection: Connection) -> list[Part]:
    """All the records of the visit that this record is of, the first on top."""
    table = projections.table("visit").c
    first = connection.scalar(select(table.joint).where(table.record == visit)) or visit
    return of_firsts([first], connection)[first]


def of_firsts(firsts: Iterable[str], connection: Connection) -> dict[str, list[Part]]:
    """The first record of a visit → all of it, itself on top; in bulk."""
    table, ids = projections.table("visit").c, sorted(set(firsts))
    query = select(table.record, func.coalesce(table.joint, table.record).label("first"), table.stage)
    rows = [
        row
        for part in chunks(ids)
        for column in (table.record, table.joint)
        for row in connection.execute(query.where(column.in_(part)))
    ]
    visits = register.fetch((row.record for row in rows), connection)
    found: dict[str, list[Part]] = {id: [] for id in ids}
    for row in sorted(rows, key=lambda row: row.record):
        found[row.first].append(Part(visits[row.record], row.stage))
    return found


def revs(firsts: Iterable[str], connection: Connection) -> dict[str, int]:
    """The id of each record of these visits → its rev."""
    table, ids = projections.table("visit").c, sorted(set(firsts))
    query = select(Record.id, Record.rev).join(table.record.table, table.record == Record.id)
    asked = [query.where(among(column, ids)) for column in (table.record, table.joint)]
    return {row.id: row.rev for each in asked for row in connection.execute(each)}


def stage_of(parts: Iterable[Part]) -> str | None:
    """Of the visit as a whole: what the office has to look at comes first; it is accepted when all of it is."""
    stages = {part.stage for part in parts}
    return next((stage for stage in _MOST_URGENT if stage in stages), None)
