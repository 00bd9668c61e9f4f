"""The first half of the gate: every op is stored as it came, and committed, before anything is made of it.

An op is read once (`Entry`): its envelope, the changes it asks for, or what is wrong with it by itself. What cannot
be read at all still gets a row, under an id derived from its bytes, so that a repeat of it is a repeat.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeVar

import orjson
from flask import current_app
from marshmallow import ValidationError
from sqlalchemy import Connection, func, select, update

from schemas import registry, versions, wire
from schemas.base import Changes
from schemas.clock import stamp_of
from schemas.compiled import Known
from schemas.digest import canonical
from schemas.messages import Errors
from schemas.receipts import Term
from server import bulk, epoch, sealed
from server.authors import Author
from server.bulk import among
from server.db import reading, writing
from server.models import Op, Record

T = TypeVar("T")
_RISKY = re.compile(rb"\d{18}|\\u[dD]|\\u0000")
_ESCAPED = b"\\u"
_OP, _RECORD = Op.__table__.c, Record.__table__.c
_KNOWN = select(_OP.op, _OP.n, _OP.digest, _OP.at, _OP.device).order_by(_OP.n)
_WAITING = select(_OP.n).where(_OP.state == "stored").order_by(_OP.n)
_UNREADABLE_STAMP = "0" * 16


@dataclass(frozen=True, slots=True)
class Original:
    """The op that a mend stands in for: the mend takes over its device, seq, base and stamp."""

    n: int
    op: str
    device: str
    seq: int | None
    at: str
    epoch: str
    base: int
    by: str | None
    office: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What an office person said of an op: ``kind`` released or rejected, ``by`` whom (a name), with which remark, at
    which time (Unix ms). ``notice``: what its device reads of a rejection."""

    kind: str
    by: str
    remark: str
    notice: str
    at: int


@dataclass(slots=True)
class Entry:
    """One op on its way: what came, what was read of it, and what became of it (``outcome`` None until decided).

    ``state`` is what the row keeps where it differs from the outcome that its author is told. ``follows``: of a mend,
    its original in the same batch, which is decided first. ``twin``: the same op came before from another device, for a
    copy was made of the tablet that wrote it. ``decided``: what the office said of it in a life that was lost.
    """

    raw: bytes
    id: str
    readable: bool = True
    head: wire.OpHead | None = None
    changes: Changes | None = None
    errors: Errors = field(default_factory=dict)
    at: str = _UNREADABLE_STAMP
    digest: bytes = b""
    n: int = 0
    outcome: str | None = None
    state: str | None = None
    rev: int | None = None
    base: int | None = None
    forked: bool = False
    vouched: bool = False
    waits: str | None = None
    settles: Original | None = None
    follows: Entry | None = None
    was: dict[str, int] = field(default_factory=dict)
    proposal: bool = False
    twin: bool = False
    decided: Decided | None = None
    term: Term | None = None


def read(raw: bytes, author: Author, now: int) -> Entry:
    """Reads one op by itself. Never raises: what is wrong with it is in ``errors``."""
    known = _recognised(raw)
    if known is None:
        return _read_closely(raw, author, now)
    head = known.head
    entry = Entry(raw, head.op, head=head, changes=known.changes, errors=_over_errors(head, known.changes))
    entry.digest = current_app.extensions["vyezd.keys"].op_digest(author.device.encode() + known.canonical)
    entry.at = min(head.at, stamp_of(now))
    entry.term = head.seq, head.op, hashlib.sha256(known.canonical).digest()
    return entry


def _recognised(raw: bytes) -> Known | None:
    """An op that is good at sight, as most are. (A number that the fast decoder would change becomes a float, and no
    such float is known at sight.)"""
    if len(raw) > wire.MAX_OP_BYTES or _ESCAPED in raw:
        return None
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    check = registry.fast_check(content.get("type")) if type(content) is dict else None
    return check.read(content) if check else None


def _read_closely(raw: bytes, author: Author, now: int) -> Entry:
    content = _decode(raw)
    if sealed.is_sealed(content):
        return _read_sealed(content, raw, author, now)
    head, errors = wire.read_op(content)
    own_id = _own_id(content)
    entry = Entry(raw, own_id or _derived_id(author, raw), readable=own_id is not None, head=head, errors=errors)
    if len(raw) > wire.MAX_OP_BYTES:
        entry.errors = {"op": [f"too_large|{wire.MAX_OP_BYTES}"]}
    entry.was = dict(head.was) if head else {}
    entry.digest = _salted(author.device, _canonical(content, raw))
    if head:
        entry.at = min(head.at, stamp_of(now))
    if head and not entry.errors:
        _read_changes(entry, head, content)
    return entry


def _read_sealed(content: dict[str, Any], raw: bytes, author: Author, now: int) -> Entry:
    """What is inside, read as it first came, with the revs that earlier epochs gave it."""
    inner, was, errors = sealed.open_op(content)
    if errors:
        entry = Entry(raw, _derived_id(author, raw), readable=False, errors=errors)
        entry.digest = _salted(author.device, raw)
        return entry
    entry = read(inner, author, now)
    entry.was |= was
    entry.term = None  # who offers it cannot read it, and so has no place for it in a receipt
    return entry


def digest(raw: bytes, device: str) -> bytes:
    """The digest that an op is known by, made from its bytes anew; what came sealed is known by what is inside."""
    content = _decode(raw)
    if not sealed.is_sealed(content):
        return _salted(device, _canonical(content, raw))
    inner, _, errors = sealed.open_op(content)
    return _salted(device, raw) if errors else digest(inner, device)


def _salted(device: str, message: bytes) -> bytes:
    return bytes(current_app.extensions["vyezd.keys"].op_digest(device.encode() + message))


def _read_changes(entry: Entry, head: wire.OpHead, content: Any) -> None:
    schema = registry.types().get(head.type)
    if schema is None:
        entry.errors = {"type": ["unknown_type"]}
    elif head.schema > registry.VERSION:
        entry.errors = {"schema": [f"schema.newer|{registry.VERSION}"]}
    else:
        entry.changes, entry.errors = schema.check(versions.forward(head.type, content, head.schema))
        entry.errors |= _over_errors(head, entry.changes)


def _over_errors(head: wire.OpHead, changes: Changes) -> Errors:
    """An op that decides a dispute by naming candidates writes that one field: the names belong to it."""
    alone = len(changes.set) == 1 and not (changes.add or changes.remove or changes.inc)
    return {} if head.over is None or alone else {"over": ["over.alone"]}


def _decode(raw: bytes) -> Any:
    """The fast decoder, and the tolerant one for what it refuses or would change. None when it is no JSON at all."""
    try:
        return orjson.loads(raw) if not _RISKY.search(raw) else json.loads(raw)
    except ValueError:
        return _decode_tolerantly(raw)


def _decode_tolerantly(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError):
        return None


def _canonical(content: Any, raw: bytes) -> bytes:
    """RFC 8785 where the content allows it, else the bytes themselves. What earlier epochs made of an op is no part
    of it."""
    try:
        return canonical({key: value for key, value in content.items() if key != "was"})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return raw


def _own_id(content: Any) -> str | None:
    """The op id that the content states, where it is one."""
    try:
        return wire.read_uuid(content["op"])
    except (ValidationError, KeyError, TypeError):
        return None


def _derived_id(author: Author, raw: bytes) -> str:
    """An id for what states none: made of its bytes, so that a repeat of it is a repeat."""
    return str(uuid.uuid5(uuid.UUID(author.device), hashlib.sha256(raw).hexdigest()))


def store(author: Author, raws: Sequence[bytes], now: int, batch: str | None) -> list[Entry]:
    """Reads and stores the ops of a batch, and commits. Repeats are recognised by (op, digest) and not stored twice;
    an op that stands in the batch twice is one entry, named twice in what is returned."""
    entries = [read(raw, author, now) for raw in raws]
    with writing() as connection:
        _insert(connection, entries, author, now, batch)
        _number(connection, entries)
    once: dict[int, Entry] = {}
    return [once.setdefault(entry.n, entry) for entry in entries]


def _insert(connection: Connection, entries: Iterable[Entry], author: Author, now: int, batch: str | None) -> None:
    common = (author.device, epoch.of(connection), now, batch, "received", False, False)
    rows = [_row(entry) + common for entry in entries]
    bulk.insert_new(connection, Op.__table__, _COLUMNS, rows, keys=("op", "digest"))


_COLUMNS = (
    "op", "seq", "type", "record", "at", "at_sent", "by", "body", "digest", "was", "mends",
    "device", "epoch", "received_at", "batch", "state", "forked", "vouched",
)  # fmt: skip


def _row(entry: Entry) -> tuple[Any, ...]:
    """What the table keeps of an op by itself."""
    head = entry.head
    was = orjson.dumps(entry.was).decode() if entry.was else None
    if head is None:
        return (entry.id, None, None, None, entry.at, None, None, entry.raw, entry.digest, was, None)
    sent = head.at if head.at != entry.at else None
    own = (entry.id, head.seq, head.type, head.id, entry.at, sent, head.by)
    return (*own, entry.raw, entry.digest, was, head.mends)


def _number(connection: Connection, entries: Sequence[Entry]) -> None:
    """Gives each entry its row's number and, if the op was known already, what had become of it."""
    rows = _rows(connection, [entry.id for entry in entries])
    for entry in entries:
        known = rows[entry.id]
        mine = known[0] if len(known) == 1 else next(row for row in known if row.digest == entry.digest)
        entry.n, entry.at = mine.n, mine.at
        compare(entry, known[0])


def recognise(entries: Sequence[Entry]) -> None:
    """Notes which of these entries are not the first under their ids, for what was stored and not processed."""
    with reading() as connection:
        rows = _rows(connection, [entry.id for entry in entries])
    for entry in entries:
        compare(entry, rows[entry.id][0])


def compare(entry: Entry, first: Any) -> None:
    """An op's id stands for its content: beside the first row under it (its ``n``, ``device`` and ``digest``) it is the
    same op, whoever hands it in, or another one that is refused."""
    if first.n == entry.n:
        return
    entry.twin = _salted(first.device, _canonical(_decode(entry.raw), entry.raw)) == first.digest
    if not (entry.twin or entry.errors):
        entry.errors = {"op": ["op_reused"]}


def _rows(connection: Connection, ids: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in connection.execute(_KNOWN.where(among(_OP.op, ids))).all():
        found.setdefault(row.op, []).append(row)
    return found


def chunks(items: Sequence[T], size: int = 400) -> Iterable[Sequence[T]]:
    """Parts of a list, small enough for one statement's parameters."""
    return (items[start : start + size] for start in range(0, len(items), size))


def take_waiting(arrived: Sequence[str], absent: Sequence[str]) -> list[tuple[str, list[Entry]]]:
    """The stored ops that waited for one of these ids, back in the inbox, by device. ``absent``: those that were not
    here when it was decided to wait for them; who brought one meanwhile could not know of the waiting ops yet."""
    if not (arrived or absent):
        return []
    with reading() as connection:
        numbers = _waiting_for(connection, [*arrived, *_here(connection, absent)])
    if not numbers:
        return []
    with writing() as connection:
        taken = update(Op).where(Op.n.in_(numbers), Op.state == "stored").values(state="received", waits=None)
        connection.execute(taken)
    return of_rows(numbers)


def of_rows(numbers: Sequence[int]) -> list[tuple[str, list[Entry]]]:
    """Stored ops read again by their rows' numbers, by device."""
    if not numbers:
        return []
    with reading() as connection:
        query = select(Op.__table__).order_by(Op.device, Op.n)
        rows = [row for part in chunks(numbers) for row in connection.execute(query.where(Op.n.in_(part)))]
    return [
        (device, [again(row, Author(device, "tablet")) for row in group])
        for device, group in groupby(sorted(rows, key=lambda row: (row.device, row.n)), key=lambda row: row.device)
    ]


def _here(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Which of these are records, or ops of which it is decided what mends of them come to."""
    if not ids:
        return []
    records = connection.scalars(select(_RECORD.id).where(among(_RECORD.id, ids))).all()
    return [*records, *connection.scalars(select(_OP.op).where(among(_OP.op, ids), _OP.state != "received"))]


def _waiting_for(connection: Connection, records: Sequence[str]) -> list[int]:
    return list(connection.scalars(_WAITING.where(among(_OP.waits, records))))


def again(row: Any, author: Author) -> Entry:
    """A stored op, read again from its row: for what was not processed, or waited for another record."""
    entry = read(row.body, author, row.received_at)
    entry.n, entry.at = row.n, row.at
    entry.was = orjson.loads(row.was or "{}")
    return entry


def waiting(connection: Connection) -> int:
    """How many ops were stored and not processed."""
    return connection.scalar(select(func.count()).where(Op.state == "received")) or 0
