"""Proposals: a tablet's word on what only the office may write, or on what was signed. The op is stored, and an entry
asks a person to take it over or not.

Taking over is releasing the op, turning it down is rejecting it (settle.py); either closes the entry.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

import sync
from server import attention, shapes
from server.attention import Wanted
from server.inbox import Entry
from server.register import Held, Register


def put(connection: Connection, register: Register, entries: Iterable[Entry], now: int) -> None:
    """Opens an entry for each of these stored ops."""
    rows = [attention.row(_about(register, entry), _wanted(entry), now) for entry in entries]
    attention.put(connection, rows)


def put_op(register: Register, held: Held, op: sync.Op, now: int) -> None:
    """Opens an entry for an op that was merged already, before it turned out to be a proposal."""
    fields = sorted({*op.set, *op.add, *op.remove, *op.inc})
    entry = Wanted(_key(op.op), "proposal", next(iter(fields), None), {"op": op.op, "fields": fields, "by": op.by})
    attention.put(register.connection, [attention.row(held, entry, now)])


def close(connection: Connection, op: str, by: str | None, now: int) -> None:
    """Closes the entry of an op that was settled, if it was a proposal."""
    attention.close(connection, _key(op), by, now)


def _about(register: Register, entry: Entry) -> Held:
    """The record that a proposal is about; one that does not exist yet stands in no feed."""
    assert entry.head is not None
    return register.get(entry.head.id) or Held(entry.head.id, entry.head.type)


def _wanted(entry: Entry) -> Wanted:
    assert entry.head is not None
    assert entry.changes is not None
    written = {*entry.changes.set, *entry.changes.add, *entry.changes.remove, *entry.changes.inc}
    fields = sorted(shapes.of(entry.head.type).office & written or written)
    detail = {"op": entry.id, "fields": fields, "by": entry.head.by}
    return Wanted(_key(entry.id), "proposal", next(iter(fields), None), detail)


def _key(op: str) -> str:
    return f"proposal:{op}"
