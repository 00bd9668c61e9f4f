"""What was on a tablet, for an incident: every family that was ever sent to it or written on it, and when.

The audit knows each family that left for this tablet. What the tablet has dropped since is counted too: whoever took it
earlier had it. More is said than was there, never less.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import Connection, select

from server import register
from server.db import reading
from server.models import AuditEntry, Op
from server.reading.households import Household, households
from server.reading.names import named
from server.reading.reach import Reach
from server.reading.words import Words
from server.register import Stored


@dataclass(frozen=True, slots=True)
class Carried:
    """A family that was on the tablet."""

    family: Stored
    household: Household


@dataclass(frozen=True, slots=True)
class Contents:
    """``families`` within the reader's reach; ``beyond``: how many others there were. ``people``: who belongs to all of
    them. ``categories``: circumstance code → in how many of the families. ``first_read``, ``last_read``: Unix ms."""

    families: list[Carried]
    beyond: int
    people: int
    children: int
    disabled: int
    categories: dict[str, int]
    first_read: int | None
    last_read: int | None

    @property
    def total(self) -> int:
        """How many families, within reach or not."""
        return len(self.families) + self.beyond


def contents(device: str, reach: Reach, words: Words, today: date) -> tuple[Contents, Words]:
    """What the tablet had, and words that know its families' names."""
    with reading() as connection:
        times, ids = _read(connection, device)
        ids |= _written(connection, device)
        records = register.fetch(ids, connection)
        seen = reach.seen(records, connection)
        homes = households(records, today, reach, connection)
        shown = sorted((record for id, record in records.items() if id in seen), key=lambda record: record.id)
        known = named(words, shown, connection)
    members = [member for home in homes.values() for member in home.members]
    codes = Counter(code for record in records.values() for code in record.fields.get("circumstances") or [])
    return Contents(
        families=[Carried(record, homes[record.id]) for record in shown],
        beyond=len(ids) - len(shown),
        people=len({member.person for member in members if member.person}),
        children=len({member.person for member in members if member.is_child}),
        disabled=len({member.person for member in members if member.disability not in (None, "none")}),
        categories=dict(sorted(codes.items())),
        first_read=min(times, default=None),
        last_read=max(times, default=None),
    ), known


def _read(connection: Connection, device: str) -> tuple[list[int], set[str]]:
    """When the tablet read anything, and the families that were sent to it."""
    query = select(AuditEntry.at, AuditEntry.details).where(AuditEntry.who == device, AuditEntry.action == "read")
    rows = connection.execute(query.order_by(AuditEntry.n)).all()
    return [row.at for row in rows], {id for row in rows for id in orjson.loads(row.details).get("families", [])}


def _written(connection: Connection, device: str) -> set[str]:
    """The families that were made on it, whether or not they have come into the register."""
    query = select(Op.record).where(Op.device == device, Op.type == "family", Op.record.is_not(None))
    return {id for id in connection.scalars(query.distinct()) if id}
