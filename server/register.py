"""The register: the merged records, as one transaction holds them (`Register`) and as a reader sees them (`fetch`).

A `Register` loads in bulk what a batch touches, hands it to the pure engine op by op, and writes everything back in
bulk at the end: states, placements (placement.py), attention (attention.py), projections (projections.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

import sync
from schemas import registry
from schemas.kinds import LIFE
from server import shapes
from server.db import is_sqlite, reading
from server.inbox import chunks
from server.models import Placement, Record

Stays = list[list[int | None]]
"""[[from, to], …]: between which positions of a feed its readers could have a record; the last is open (None) while
they can."""


@dataclass(slots=True)
class Held:
    """One record in a transaction. ``record`` is None until its first op; ``before`` is what it was at load."""

    id: str
    type: str
    record: sync.Record | None = None
    before: sync.Record | None = None
    rev: int = 0
    rev_before: int = 0
    at: str = ""
    feeds: frozenset[str] = frozenset()
    feeds_before: frozenset[str] = frozenset()
    stays: dict[str, Stays] = field(default_factory=dict)
    changed_by: str | None = None
    stored: bool = False
    merged: list[tuple[sync.Op, str, int]] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, Any]:
        """What is shown of it: field → value."""
        return self.record.fields if self.record else {}

    @property
    def deleted(self) -> bool:
        return self.record is not None and sync.is_deleted(self.record)

    @property
    def deleted_before(self) -> bool:
        return self.before is not None and sync.is_deleted(self.before)

    @property
    def dirty(self) -> bool:
        """Whether an op of this transaction changed it."""
        return self.changed_by is not None


class Register:
    """The records of one transaction, by id. ``lives``: the database's epochs, the present one last. ``locking``:
    whether those that are loaded stay ours until its end."""

    def __init__(self, connection: Connection, lives: Sequence[str], locking: bool = True) -> None:
        self.connection = connection
        self.lives = lives
        self.epoch = lives[-1]
        self.locking = locking and not is_sqlite(connection)
        self.held: dict[str, Held] = {}
        self.links: dict[str, list[Held]] = {}
        self._absent: set[str] = set()

    def load(self, ids: Iterable[str]) -> None:
        """Loads the records that exist among these ids, with their feeds; on PostgreSQL their rows are locked."""
        wanted = sorted({id for id in ids if id and id not in self.held and id not in self._absent})
        for part in chunks(wanted):
            self._load_records(part)
            self._load_feeds([id for id in part if id in self.held])
        self._absent.update(id for id in wanted if id not in self.held)

    def get(self, id: str | None) -> Held | None:
        """A record that was loaded or made here; None when there is none."""
        return self.held.get(id) if id else None

    def peek(self, ids: Iterable[str]) -> dict[str, Held]:
        """Records of whatever feed that are here, or are read without a lock: for rules, which lock keys last."""
        wanted = set(ids)
        others = Register(self.connection, self.lives, locking=False)
        others.load(wanted - self.held.keys())
        return {id: held for id, held in {**others.held, **self.held}.items() if id in wanted}

    def merge(self, op: sync.Op, type_name: str) -> sync.Merged:
        """One op into its record; the record is made when this is its first."""
        held = self.held.get(op.record)
        if held is None:
            held = self.held[op.record] = Held(op.record, type_name)
        rules, signing = registry.rules(type_name), shapes.of(type_name).signing
        merged = sync.merge(held.record, op, rules, self.epoch, held.rev + 1, signing)
        held.record, held.rev, held.changed_by = merged.record, held.rev + 1, op.op
        held.merged.append((op, self.epoch, held.rev))
        held.at = max(held.at, op.at)
        return merged

    @property
    def dirty(self) -> list[Held]:
        return [held for held in self.held.values() if held.dirty]

    def flush(self) -> None:
        """Writes the states of the records that changed."""
        rows = [_row(held) for held in self.dirty]
        if not rows:
            return
        insert = (sqlite if is_sqlite(self.connection) else postgresql).insert(Record)
        fresh = [row for row, held in zip(rows, self.dirty, strict=True) if not held.stored]
        known = [row for row, held in zip(rows, self.dirty, strict=True) if held.stored]
        if fresh:
            self.connection.execute(insert, fresh)
        if known:
            columns = ("rev", "at", "deleted", "body", "state")
            update = insert.on_conflict_do_update(index_elements=["id"], set_={c: insert.excluded[c] for c in columns})
            self.connection.execute(update, known)

    def _load_records(self, ids: Collection[str]) -> None:
        query = select(Record).where(Record.id.in_(ids)).order_by(Record.id)
        if self.locking:
            query = query.with_for_update()
        for row in self.connection.execute(query):
            record = sync.from_state(orjson.loads(row.body)["fields"], orjson.loads(row.state))
            record = sync.carried(record, self.lives)
            self.held[row.id] = Held(row.id, row.type, record, record, row.rev, row.rev, row.at, stored=True)

    def _load_feeds(self, ids: Collection[str]) -> None:
        if not ids:
            return
        query = select(Placement.record, Placement.feed, Placement.stays, Placement.gone)
        for row in self.connection.execute(query.where(Placement.record.in_(ids))):
            held = self.held[row.record]
            held.stays[row.feed] = orjson.loads(row.stays)
            if not row.gone:
                held.feeds = held.feeds_before = held.feeds | {row.feed}


def _row(held: Held) -> dict[str, Any]:
    return {
        "id": held.id,
        "type": held.type,
        "rev": held.rev,
        "at": held.at,
        "deleted": held.deleted,
        "body": render(held).decode(),
        "state": orjson.dumps(sync.to_state(held.record)).decode() if held.record else "{}",
    }


def render(held: Held) -> bytes:
    """The part of a change that does not depend on who reads it: JSON with ``fields``, and where there are any
    ``disputed``, ``incomplete`` and ``warnings`` (of soft checks)."""
    body: dict[str, Any] = {"fields": held.fields}
    disputed = sync.disputed(held.record, registry.rules(held.type)) if held.record else {}
    disputed.pop(LIFE, None)
    incomplete = registry.types()[held.type].whole(held.fields)
    warnings = registry.types()[held.type].warnings(held.fields)
    if disputed:
        body["disputed"] = disputed
    if incomplete:
        body["incomplete"] = incomplete
    if warnings:
        body["warnings"] = warnings
    return orjson.dumps(body)


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as a reader sees it. ``disputed``: field → candidates ({op, at, by, value}); ``incomplete``: names of
    rules; ``warnings``: field → codes of soft checks."""

    id: str
    type: str
    rev: int
    at: str
    deleted: bool
    fields: dict[str, Any]
    disputed: dict[str, list[dict[str, Any]]]
    incomplete: list[str]
    warnings: dict[str, list[str]] = field(default_factory=dict)


def fetch(ids: Iterable[str], connection: Connection | None = None) -> dict[str, Stored]:
    """The records among these ids, in one query a 400 of them. Opens a short read unless one is given."""
    if connection is None:
        with reading() as own:
            return fetch(ids, own)
    found: dict[str, Stored] = {}
    for part in chunks(sorted({id for id in ids if id})):
        for row in connection.execute(select(Record).where(Record.id.in_(part))):
            found[row.id] = stored(row)
    return found


def of_types(types: Iterable[str], connection: Connection) -> list[Stored]:
    """Every living record of these types (the small ones: territories, teams, workers)."""
    query = select(Record).where(Record.type.in_(list(types)), Record.deleted.is_(False)).order_by(Record.id)
    return [stored(row) for row in connection.execute(query)]


def stored(row: Any) -> Stored:
    """A row of the table `record` as a reader sees it."""
    body = orjson.loads(row.body)
    return Stored(
        row.id,
        row.type,
        row.rev,
        row.at,
        row.deleted,
        body["fields"],
        body.get("disputed", {}),
        body.get("incomplete", []),
        body.get("warnings", {}),
    )
