"""Opening a family outside one's scope: for a stated reason, for a time, and the audit has it.

What is opened can be read, not decided upon, and appears in no list. A shielded family is never opened: whoever needs
it is named for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import Connection, insert, or_, select

from schemas.ids import new_id
from schemas.placement import WithParent
from server import audit, clock, placement, projections, shapes, shields
from server.db import reading, writing
from server.models import Opening, Record

LEAST_REASON = 10


class NotFound(ValueError):
    """No family, or more than one, has this number; or it is shielded. Which of these is not told."""


class NoReason(ValueError):
    """The reason says nothing."""


@dataclass(frozen=True, slots=True)
class Open:
    """A family that is open to somebody. Times are Unix ms."""

    family: str
    reason: str
    opened_at: int
    until: int


def open_family(user: str, number: str, reason: str) -> str:
    """Opens the family with this case number or record id. Returns its id. Raises NoReason, NotFound."""
    reason = " ".join(reason.split())
    if len(reason) < LEAST_REASON:
        raise NoReason
    with reading() as connection:
        found = _found(number.strip(), connection)
    audit.record("opening", who=user, subject=found, family=found, reason=reason)
    if found is None:
        raise NotFound(number)
    now = clock.now()
    hours = current_app.config["VYEZD"].opening_hours
    until = now + int(timedelta(hours=hours).total_seconds() * 1000)
    row = {"id": new_id(now), "user": user, "family": found, "reason": reason, "opened_at": now, "until": until}
    with writing() as connection:
        connection.execute(insert(Opening), row)
    return found


def _found(number: str, connection: Connection) -> str | None:
    family = projections.table("family").c
    query = select(family.record).where(or_(family.number == number, family.record == number.lower())).limit(2)
    ids = set(connection.scalars(query))
    ids -= shields.hidden_from(frozenset(), ids, connection)
    return ids.pop() if len(ids) == 1 else None


def of(user: str, now: int) -> list[Open]:
    """What is open to a person, the latest first."""
    query = select(Opening).where(Opening.user == user, Opening.until > now).order_by(Opening.opened_at.desc())
    with reading() as connection:
        rows = connection.execute(query.with_only_columns(*Opening.__table__.c))
        return [Open(row.family, row.reason, row.opened_at, row.until) for row in rows]


def records_of(user: str, now: int) -> frozenset[str]:
    """The ids of the families open to a person, and of all that belongs to them."""
    with reading() as connection:
        query = select(Opening.family).where(Opening.user == user, Opening.until > now)
        families = set(connection.scalars(query))
        return frozenset(families).union(_belonging(families, "family", connection)) if families else frozenset()


def _belonging(ids: set[str], type_name: str, connection: Connection) -> Iterator[str]:
    """The ids of what sits where these records sit, and of whom it carries."""
    for name, shape in shapes.all_shapes().items():
        for field in shape.feed.fields if isinstance(shape.feed, WithParent) else ():
            below = shape.refs[field] == type_name and set(placement.referrers(connection, name, field, sorted(ids)))
            if below:
                yield from below
                yield from _carried(name, below, connection)
                yield from _belonging(below, name, connection)


def _carried(type_name: str, ids: set[str], connection: Connection) -> Iterator[str]:
    table = projections.table(type_name)
    for _, field in (link for link in placement.carriers("person") if link[0] == type_name):
        query = select(table.c[field]).join(Record, Record.id == table.c[field]).where(table.c.record.in_(sorted(ids)))
        yield from connection.scalars(query)
