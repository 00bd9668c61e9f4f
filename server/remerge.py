"""Records merged again from their history: when the office voids ops, when a signature arrives after what had seen
it, and when a new schema reads the old ops otherwise.

The engine's state forgets what was replaced; the history does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select, update

import sync
from schemas import registry, versions
from server import epoch, history, proposals, shapes
from server.inbox import chunks
from server.models import Op, Record
from server.register import Held, Register

PART = 500


def is_needed(register: Register, op: sync.Op, type_name: str) -> bool:
    """Whether this op, about to be merged, changes what earlier ops have made."""
    signing = shapes.of(type_name).signing
    held = register.get(op.record)
    overtakes = signing is not None and held is not None and sync.overtaken(held.record, op, signing)
    return bool(op.office and op.void) or overtakes


def again(register: Register, held: Held, now: int) -> None:
    """The record from its history, without what was voided and without what has turned out to be a proposal."""
    signing, rules = shapes.of(held.type).signing, registry.rules(held.type)
    ops = [*history.ops_of(register.connection, held.id), *held.merged]
    if signing is not None:
        verdicts = sync.judged(
            [(op, sync.carried_revs(((life, rev),), register.lives)) for op, life, rev in ops], signing
        )
        late = {op for op, verdict in verdicts.items() if verdict is sync.Verdict.PROPOSAL}
        _propose(register, held, [op for op, _, _ in ops if op.op in late], now)
        ops = [each for each in ops if each[0].op not in late]
    held.record = sync.replayed(ops, rules, register.lives, signing)


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
                    held.changed_by = held.changed_by or ""
                register.flush()
                count += len(part)
                progress(len(part))
    return count
