"""Who writes: every op has a device behind it, and every device an author with a scope.

The gate does not know who knocked: a tablet, an office person's virtual device and an import are all Authors; they
differ in their scope (None: everywhere) and in whether their word is the office's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select

from schemas.ids import new_id
from server import clock
from server.db import reading, writing
from server.models import Device


@dataclass(frozen=True, slots=True)
class Author:
    """``scope``: the feeds this author may read and write, None for all. ``vouched``: the office answers for what this
    tablet's author stated, whatever the gate said of it (a release)."""

    device: str
    kind: str
    team: str | None = None
    scope: frozenset[str] | None = None
    enrolled_at: int = 0
    forked: bool = False
    revoked: bool = False
    vouched: bool = False

    @property
    def office(self) -> bool:
        """True for office people and imports, whose word is the office's."""
        return self.kind != "tablet"

    @property
    def answers(self) -> bool:
        """True when the office stands behind what is written: its own people, and what it has released."""
        return self.office or self.vouched

    def vouch(self) -> Author:
        """The same author with the office behind it: its identity is taken as stated, and no scope bounds it."""
        return replace(self, scope=None, revoked=False, vouched=True)

    def reaches(self, feeds: frozenset[str] | set[str]) -> bool:
        """Whether a record that sits in these feeds is within reach."""
        return self.scope is None or not self.scope.isdisjoint(feeds)


def office(user_id: str, name: str) -> Author:
    """An office person's virtual device, made at first use."""
    return Author(_virtual("office", name, user_id), "office")


def importer(name: str) -> Author:
    """The virtual device of an import (one a source, by name), made at first use."""
    return Author(_virtual("import", name, None), "import")


def _virtual(kind: str, name: str, user_id: str | None) -> str:
    with reading() as connection:
        found = _find(connection, kind, name, user_id)
    if found:
        return found
    with writing() as connection:
        return _find(connection, kind, name, user_id) or _make(connection, kind, name, user_id)


def _find(connection: Connection, kind: str, name: str, user_id: str | None) -> str | None:
    mine = Device.user == user_id if user_id else Device.name == name
    return connection.scalar(select(Device.id).where(Device.kind == kind, mine).order_by(Device.id))


def _make(connection: Connection, kind: str, name: str, user_id: str | None) -> str:
    now = clock.now()
    device = {
        "id": new_id(now),
        "kind": kind,
        "name": name,
        "user": user_id,
        "enrolled_at": now,
        "seq": 0,
        "status": "{}",
    }
    connection.execute(insert(Device), {**device, "forked": False})
    return str(device["id"])
