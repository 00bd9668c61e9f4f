"""Ops that wait for somebody: quarantined for what they are by themselves, or stored because of where they reach.

Within a person's reach lies an op about a record within reach; where its record sits nowhere yet, an op of a team at
work there. What an op names beyond that reach is neither shown by name nor let through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    TextClause,
    and_,
    exists,
    func,
    join,
    literal,
    not_,
    or_,
    select,
    text,
    true,
)

from schemas.messages import Errors
from schemas.placement import Reference
from server import epoch, register, shapes
from server.db import reading
from server.history import Writer
from server.mends import OPEN
from server.models import Attention, Device, Op
from server.reading import sent, writers
from server.reading.names import name_of, named, named_ids, references
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach, is_placed
from server.reading.sent import Sent
from server.reading.words import Name, Words
from server.register import Stored

LONG = 16  # digits that number no row
KINDS = {"wrong": ("quarantined",), "stored": ("stored",)}
_COLUMNS = ("n", "op", "device", "type", "record", "at", "received_at", "state", "body", "was", "waits", "result")
_WITH_DEVICE = join(Op, Device, Device.id == Op.device)
# said as the index `op_open` says it, which is how SQLite knows that it will do
_WAITING = text("op.state IN ('received', 'stored', 'quarantined')")


@dataclass(frozen=True, slots=True)
class Kept:
    """An op as people look at it. ``name``: what its record is called, by the register or else by the op itself.

    ``errors``: what the gate had against it. ``why`` it was stored: proposal, revoked, reference, waits or outside.
    ``record``: as it is now, None where there is none within reach. ``beyond``: it names something out of reach.
    """

    n: int
    op: str
    state: str
    type: str | None
    name: Name | None
    device: str
    at: str
    received_at: int
    writer: Writer
    errors: Errors
    why: str | None
    sent: Sent
    record: Stored | None
    beyond: bool
    epoch: str

    @property
    def is_open(self) -> bool:
        """Nobody has released, rejected or mended it."""
        return self.state in OPEN

    @property
    def is_unreadable(self) -> bool:
        """Not even which record it is about can be told."""
        return self.sent.text is not None and self.sent.head is None and not (self.sent.type and self.sent.id)

    @property
    def is_reused(self) -> bool:
        """Another op came first under its id: what is decided of that id is decided of the first."""
        return self.errors.get("op") == ["op_reused"]


def count(reach: Reach) -> int:
    """How many wait within reach. Proposals are counted with the queue."""
    with reading() as connection:
        return connection.scalar(narrowed(select(func.count()), reach)) or 0


def listed(
    reach: Reach, words: Words, kind: str | None = None, tablet: str | None = None, number: int = 1
) -> tuple[Page[Kept], Words]:
    """Those that wait, the longest waiting first, and words that know the names in them."""
    conditions = [Op.state.in_(KINDS[kind]) if kind else true(), Op.device == tablet if tablet else true()]
    with reading() as connection:
        total = connection.scalar(narrowed(select(func.count()), reach).where(*conditions)) or 0
        query = narrowed(select_kept(), reach).where(*conditions).order_by(Op.n)
        rows = list(connection.execute(query.limit(SIZE).offset(offset(number))))
        found, known = read(rows, reach, words, connection)
        return Page(found, total, number), known


def find(op: str, reach: Reach, words: Words) -> tuple[Kept, Words] | None:
    """One, waiting or settled, by its id or its row's number; None where there is none within reach."""
    is_it = Op.n == int(op) if op.isdecimal() and len(op) < LONG else Op.op == op
    with reading() as connection:
        query = select_kept().where(is_it, _within(reach)).order_by(Op.state.in_(OPEN).desc(), Op.n).limit(1)
        found, known = read(list(connection.execute(query)), reach, words, connection)
        return (found[0], known) if found else None


def of_ops(ops: Iterable[str], reach: Reach, words: Words, connection: Connection) -> tuple[dict[str, Kept], Words]:
    """Op id → the op, for a page of proposals."""
    query = select_kept().where(Op.op.in_(sorted(ops))).order_by(Op.n.desc())
    found, known = read(list(connection.execute(query)), reach, words, connection)
    return {each.op: each for each in found}, known


def select_kept() -> Select[Any]:
    """Rows for `read`."""
    columns = [Op.__table__.c[name] for name in _COLUMNS]
    proposed = exists(select(1).where(_is_proposal())).label("proposed")
    return select(*columns, Device.revoked_at, proposed).select_from(_WITH_DEVICE)


def waiting() -> tuple[ColumnElement[bool] | TextClause, ...]:
    """Conditions: an op waits for somebody, and is no proposal, which waits in the queue."""
    proposal = and_(Op.state == "stored", exists(select(1).where(_is_proposal(), Attention.state == "open")))
    return _WAITING, Op.state.in_(OPEN), not_(proposal)


def narrowed(query: Select[Any], reach: Reach) -> Select[Any]:
    """The same of what waits within reach."""
    return query.select_from(_WITH_DEVICE).where(*waiting(), _within(reach))


def _is_proposal() -> ColumnElement[bool]:
    return Attention.key == literal("proposal:").concat(Op.op)


def _within(reach: Reach) -> ColumnElement[bool]:
    own = or_(reach.has(Op.record), and_(not_(is_placed(Op.record)), reach.team(Device.team)))
    return and_(true() if reach.territories is None else own, reach.knows_all_named_by(Op.n))


def read(rows: list[Row[Any]], reach: Reach, words: Words, connection: Connection) -> tuple[list[Kept], Words]:
    """The ops of these rows, and words that know the names in them, as far as they are within reach."""
    ops = {row.n: sent.read(row) for row in rows}
    own = {row.n: row.record or ops[row.n].id for row in rows}
    others = {row.n: _references(ops[row.n]) for row in rows}
    seen = reach.seen(set().union(*others.values(), filter(None, own.values())), connection)
    records = register.fetch(filter(None, own.values()), connection)
    visible = [record for record in records.values() if record.id in seen]
    known = named_ids(named(words, visible, connection), seen, connection)
    who, present = writers.of_ops((row.op for row in rows), connection), epoch.of(connection)
    found = []
    for row in rows:
        op, record = ops[row.n], records.get(own[row.n] or "")
        is_seen = record is not None and record.id in seen
        found.append(
            Kept(
                n=row.n,
                op=row.op,
                state=row.state,
                type=op.type or row.type,
                name=_name(op, record if is_seen else None, known),
                device=row.device,
                at=row.at,
                received_at=row.received_at,
                writer=who[row.op],
                errors=orjson.loads(row.result or "{}"),
                why=_why(row),
                sent=op,
                record=record if is_seen else None,
                beyond=not others[row.n] <= seen or (record is not None and not is_seen),
                epoch=present,
            )
        )
    return found, known


def _references(op: Sent) -> set[str]:
    parts = (op.changes.set, op.changes.add, op.changes.remove)
    return {id for part in parts for id in references(op.type or "", part)}


def _name(op: Sent, record: Stored | None, known: Words) -> Name | None:
    """What the op is about: a record by its name, a new one by what the op says of it."""
    if record is not None:
        return known.names[record.id]
    if op.type is None:
        return None
    return name_of(Stored("", op.type, 0, "", False, {**op.changes.set, **op.changes.add}, {}, []), known)


def _why(row: Row[Any]) -> str | None:
    """Why an op was stored and not merged (see scope.py)."""
    if row.state == "quarantined" or row.result:
        return None
    if row.proposed:
        return "proposal"
    if row.revoked_at is not None and row.received_at >= row.revoked_at:
        return "revoked"
    if row.type in shapes.all_shapes() and isinstance(shapes.of(row.type).feed, Reference):
        return "reference"
    return "waits" if row.waits else "outside"
