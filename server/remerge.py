"""Records merged again from their history: when the office voids ops, when a signature arrives after what had seen
it, when an op turns out to have been here in an earlier life, and when a new schema reads the old ops otherwise.

The engine's state forgets what was replaced; the history does not. What a signature held back as a proposal goes
through the gate again when that signature no longer stands between it and the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

import sync
from schemas import registry, versions
from server import epoch, history, proposals, shapes
from server.inbox import Entry, chunks
from server.mends import MERGED
from server.models import Op, Record
from server.register import Held, Register

PART = 500


@dataclass(frozen=True, slots=True)
class Recalled:
    """A known op (its row, id and record) that is offered with revs which we did not know: ``was``, all of them now."""

    n: int
    op: str
    record: str
    is_merged: bool
    was: dict[str, int]


def unknown_revs(said: Mapping[str, int], row: Any, lives: Sequence[str]) -> dict[str, int]:
    """All that is known of an op's earlier revs, where a repeat says more than its row; else nothing.

    A backup may hold an op that was merged only after it was made: then the tablet alone knows its rev of that life.
    """
    known = orjson.loads(row.was or "{}")
    own = lives[lives.index(row.epoch) :] if row.rev and row.epoch in lives else []
    more = {life: rev for life, rev in said.items() if life not in known and life not in own}
    return known | more if more else {}


def recall(register: Register, recalled: Sequence[Recalled], now: int) -> None:
    """Keeps these revs, and merges the records again in which they may say who had seen whom."""
    for each in recalled:
        kept = update(Op).where(Op.n == each.n).values(was=orjson.dumps(each.was).decode())
        register.connection.execute(kept)
    register.load(each.record for each in recalled if each.is_merged)
    for each in recalled:
        if each.is_merged:
            held = register.held[each.record]
            again(register, held, now)
            held.rev += 1
            register.touch(held, each.op)


def is_needed(register: Register, op: sync.Op, type_name: str) -> bool:
    """Whether this op, about to be merged, changes what earlier ops have made."""
    signing = shapes.of(type_name).signing
    held = register.get(op.record)
    overtakes = signing is not None and held is not None and sync.overtaken(held.record, op, signing)
    return bool(op.office and op.void) or overtakes


def again(register: Register, held: Held, now: int) -> None:
    """The record from its history, without what was voided and without what has turned out to be a proposal."""
    signing, rules = held.shape.signing, held.shape.rules
    ops = [*history.ops_of(register.connection, held.id), *held.merged]
    if signing is not None:
        stored = history.held_back(register.connection, held.id)
        verdicts = sync.judged([(op, _revs(register, life, rev)) for op, life, rev in [*ops, *stored]], signing)
        late = {op for op, verdict in verdicts.items() if verdict is sync.Verdict.PROPOSAL}
        _propose(register, held, [op for op, _, _ in ops if op.op in late], now)
        ops = [each for each in ops if each[0].op not in late]
    record = sync.replayed(ops, rules, register.lives, signing)
    if record is not None:
        held.become(record)


def release(register: Register, entries: Iterable[Entry], now: int) -> list[int]:
    """Takes up again what signatures held back, where these merged ops have changed that. Returns the rows' numbers.

    They are received ops once more, so that they are judged, numbered and answered for by the gate like all others.
    """
    numbers = [n for held in _judged_anew(register, entries) for n in _free(register, held, now)]
    for part in chunks(numbers):
        register.connection.execute(update(Op).where(Op.n.in_(part)).values(state="received"))
    return numbers


def _judged_anew(register: Register, entries: Iterable[Entry]) -> list[Held]:
    """The records whose signatures these ops may have changed: by a void, a signature or a return."""
    changed = {entry.head.id for entry in entries if entry.outcome in MERGED and entry.head and _may_judge(entry)}
    return [register.held[id] for id in sorted(changed)]


def _may_judge(entry: Entry) -> bool:
    assert entry.head is not None
    signing = shapes.of(entry.head.type).signing
    if signing is None or entry.changes is None:
        return False
    return bool(entry.head.void) or not {signing.signature, signing.review}.isdisjoint(entry.changes.set)


def _free(register: Register, held: Held, now: int) -> list[int]:
    """The stored ops of a record that are no proposals any more; their entries close."""
    signing = held.shape.signing
    stored = history.held_back(register.connection, held.id)
    if signing is None or not stored:
        return []
    merged = history.ops_of(register.connection, held.id)
    verdicts = sync.judged([(op, _revs(register, life, rev)) for op, life, rev in [*merged, *stored]], signing)
    free = [op.op for op, _, _ in stored if verdicts.get(op.op, sync.Verdict.OPEN) is not sync.Verdict.PROPOSAL]
    for op in free:
        proposals.close(register.connection, op, held.changed_by, now)
    return history.numbers_of(register.connection, free)


def _revs(register: Register, life: str, rev: int | None) -> sync.Revs:
    """The revs that an op has by now; none when it was never merged."""
    return sync.carried_revs(((life, rev),), register.lives) if rev else ()


def _propose(register: Register, held: Held, late: list[sync.Op], now: int) -> None:
    """What was merged before the signature that its author had seen came: back to the office, as a proposal."""
    for op in late:
        kept = update(Op).where(Op.op == op.op, Op.state.in_(("applied", "conflict"))).values(state="stored")
        register.connection.execute(kept)
        proposals.put_op(register, held, op, now)


def for_schema(connection: Connection, earlier: int, progress: Callable[[int], Any] = lambda _: None) -> int:
    """Merges again the records of all types that look different since an earlier schema. Returns how many there were.

    Revs stay: a change of the schema resends every scope.
    """
    count = 0
    for name in registry.types():
        if versions.changes_between(name, earlier, registry.VERSION):
            ids = list(connection.scalars(select(Record.id).where(Record.type == name).order_by(Record.id)))
            for part in chunks(ids, PART):
                register = Register(connection, epoch.lives(connection))
                register.load(part)
                for held in register.held.values():
                    again(register, held, 0)
                    register.touch(held, held.changed_by or "")
                register.flush()
                count += len(part)
                progress(len(part))
    return count
