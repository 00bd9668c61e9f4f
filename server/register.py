"""The register: the merged records, as one transaction holds them (`Register`) and as a reader sees them (`fetch`).

A `Register` loads in bulk what a batch touches, hands it to the pure engine op by op, and writes everything back in
bulk at the end: states, placements (placement.py), attention (attention.py), projections (projections.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, select

import sync
from schemas.kinds import LIFE
from server import bulk, shapes
from server.bulk import among
from server.db import is_sqlite, reading
from server.inbox import chunks
from server.models import Placement, Record
from server.shapes import Shape

_RECORDS = select(Record.__table__).order_by(Record.__table__.c.id)
_PLACEMENT = Placement.__table__.c
_PLACES = select(_PLACEMENT.record, _PLACEMENT.feed, _PLACEMENT.stays, _PLACEMENT.gone)

Stays = list[list[int | None]]
"""[[from, to], …]: between which positions of a feed its readers could have a record; the last is open (None) while
they can."""


@dataclass(slots=True, eq=False)
class Held:
    """One record in a transaction: ``before``, what it was at load, and ``record``, what it is now; None while it is
    not. ``fields``: what is shown of it; ``disputed``: what people must decide of it, field → candidates.

    These last are made when somebody asks for them: most records are loaded only to learn where they sit. ``read``
    reads the stored state; None for what was not there at load.
    """

    id: str
    type: str
    read: Callable[[], sync.Record] | None = None
    rev: int = 0
    rev_before: int = 0
    at: str = ""
    deleted: bool = False
    deleted_before: bool = False
    feeds: frozenset[str] = frozenset()
    feeds_before: frozenset[str] = frozenset()
    stays: dict[str, Stays] = field(default_factory=dict)
    changed_by: str | None = None
    merged: list[tuple[sync.Op, str, int]] = field(default_factory=list)
    shape: Shape = field(init=False, repr=False)
    before: sync.Record | None = field(init=False, repr=False)
    record: sync.Record | None = field(init=False, repr=False)
    fields: dict[str, Any] = field(init=False, repr=False)
    disputed: dict[str, list[dict[str, Any]]] = field(init=False, repr=False)

    @property
    def stored(self) -> bool:
        """Whether it was there at load."""
        return self.read is not None

    @property
    def dirty(self) -> bool:
        """Whether an op of this transaction changed it."""
        return self.changed_by is not None

    def become(self, record: sync.Record) -> None:
        """Takes what an op, or its history, makes of it: the one way to change it."""
        self.record, self.fields, self.deleted = record, record.fields, sync.is_deleted(record)
        with suppress(AttributeError):
            del self.disputed  # made anew when somebody asks

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What nobody has asked for yet; asked again, it lies there."""
            if name not in _LATE:
                raise AttributeError(name)
            setattr(self, name, _LATE[name](self))
            return getattr(self, name)


def _new(id: str, type_name: str) -> Held:
    """A record that an op makes."""
    held = Held(id, type_name)
    held.shape, held.before, held.record = shapes.of(type_name), None, None
    return held


_LATE: dict[str, Callable[[Held], Any]] = {
    "shape": lambda held: shapes.of(held.type),
    "before": lambda held: held.read() if held.read else None,
    "record": lambda held: held.before,
    "fields": lambda held: held.record.fields if held.record else {},
    "disputed": lambda held: sync.disputed(held.record, held.shape.rules) if held.record and held.record.cells else {},
}


class Register:
    """The records of one transaction, by id. ``lives``: the database's epochs, the present one last. ``locking``:
    whether those that are loaded stay ours until its end."""

    def __init__(self, connection: Connection, lives: Sequence[str], locking: bool = True) -> None:
        self.connection = connection
        self.lives = lives
        self.epoch = lives[-1]
        self.locking = locking and not is_sqlite(connection)
        self.held: dict[str, Held] = {}
        self._dirty: dict[str, Held] = {}
        self.links: dict[str, list[Held]] = {}
        self._absent: set[str] = set()

    def load(self, ids: Iterable[str]) -> None:
        """Loads the records that exist among these ids, with their feeds; on PostgreSQL their rows are locked."""
        wanted = sorted({id for id in ids if id and id not in self.held and id not in self._absent})
        if wanted:
            self._load_records(wanted)
            self._load_feeds([id for id in wanted if id in self.held])
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
            held = self.held[op.record] = _new(op.record, type_name)
        rev = held.rev + 1
        merged = sync.merge(held.record, op, held.shape.rules, self.epoch, rev, held.shape.signing)
        held.become(merged.record)
        held.rev = rev
        self.touch(held, op.op)
        held.merged.append((op, self.epoch, rev))
        if op.at > held.at:
            held.at = op.at
        return merged

    def touch(self, held: Held, by: str) -> None:
        """Notes that an op changed a record."""
        held.changed_by, self._dirty[held.id] = by, held

    @property
    def dirty(self) -> list[Held]:
        """The records that an op of this transaction changed."""
        return [*self._dirty.values()]

    def flush(self) -> None:
        """Writes the states of the records that changed."""
        moving = ("rev", "at", "deleted", "body", "state")
        fresh = [(held.id, held.type, *_row(held)) for held in self.dirty if not held.stored]
        known = [(*_row(held), held.id) for held in self.dirty if held.stored]
        bulk.insert(self.connection, Record.__table__, ("id", "type", *moving), fresh)
        bulk.update(self.connection, Record.__table__, (*moving, "id"), known)

    def _load_records(self, ids: Sequence[str]) -> None:
        query = _RECORDS.where(among(Record.__table__.c.id, ids))
        if self.locking:
            query = query.with_for_update()
        for row in self.connection.execute(query).all():
            read = partial(_read, row, self.lives)
            self.held[row.id] = Held(row.id, row.type, read, row.rev, row.rev, row.at, row.deleted, row.deleted)

    def _load_feeds(self, ids: Sequence[str]) -> None:
        if not ids:
            return
        for row in self.connection.execute(_PLACES.where(among(_PLACEMENT.record, ids))).all():
            held = self.held[row.record]
            held.stays[row.feed] = orjson.loads(row.stays)
            if not row.gone:
                held.feeds = held.feeds_before = held.feeds | {row.feed}


def _read(row: Any, lives: Sequence[str]) -> sync.Record:
    return sync.carried(sync.from_state(orjson.loads(row.body)["fields"], orjson.loads(row.state)), lives)


def _row(held: Held) -> tuple[int, str, bool, str, str]:
    """rev, at, deleted, body, state."""
    state = orjson.dumps(sync.to_state(held.record)).decode() if held.record else "{}"
    return held.rev, held.at, held.deleted, render(held).decode(), state


def render(held: Held) -> bytes:
    """The part of a change that does not depend on who reads it: JSON with ``fields``, and where there are any
    ``disputed``, ``incomplete`` and ``warnings`` (of soft checks)."""
    fields, declared = held.fields, held.shape.declared
    body: dict[str, Any] = {"fields": fields}
    incomplete, warnings = declared.whole(fields), declared.warnings(fields)
    if disputed := {field: stands for field, stands in held.disputed.items() if field != LIFE}:
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
