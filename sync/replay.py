"""What a record's state cannot tell and its history can: the record without an op that the office voids, and the
verdicts (signing.py) when a signature comes that others had seen.

The record is the merge of the ops that are not voided, whenever they come. The office alone voids; the gate refuses a
tablet's `void`, and the engine takes no notice of one. A void is undone by voiding the op that voids. Of such ops the
later in version order has the last word, so that no two void each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from schemas.kinds import Rules
from sync.lives import carried_revs
from sync.merge import folded
from sync.signing import Signing, Verdict, signs, valid, verdict
from sync.state import Record
from sync.versions import Op, Revs


def voided(ops: Iterable[Op]) -> dict[str, str]:
    """What these ops void: op id → the op that voids it. Ids that have not come are among them."""
    by: dict[str, str] = {}
    heard = set[str]()
    for op in sorted(ops, key=lambda op: op.version(()).order, reverse=True):
        if op.office and op.void:
            heard.add(op.op)
            if op.op not in by:
                by |= {id: op.op for id in op.void if id not in heard and id not in by}
    return by


def replayed(
    history: Iterable[tuple[Op, str, int]], rules: Rules, lives: Sequence[str] = (), signing: Signing | None = None
) -> Record | None:
    """The record again from its history: (op, epoch, rev) of all that was merged or voided, in order of arrival.

    `lives`: as for `carried`; needed when the history spans more than one. None: there is no history.
    """
    ops = [(op, op.version(carried_revs(((epoch, rev),), lives))) for op, epoch, rev in history]
    gone = voided(op for op, _ in ops)
    record: Record | None = None
    for op, version in ops:
        if op.op not in gone:
            record = folded(record, replace(op, void=()), version, rules, signing)
    if record is not None:
        record.voided = frozenset(gone.keys() - {op.op for op, _ in ops})
    return record


def judged(history: Iterable[tuple[Op, Revs]], signing: Signing) -> dict[str, Verdict]:
    """The verdicts on all that ever came and was not voided, in whatever order: op id → verdict.

    Proposals are in this history too, with the revs () if they were never merged.
    """
    ops = [(op, op.version(revs)) for op, revs in history]
    gone = voided(op for op, _ in ops)
    left = sorted(((op, version) for op, version in ops if op.op not in gone), key=lambda pair: pair[1].order)
    marks = valid([(version, said) for op, version in left if (said := signs(op, signing)) is not None])
    return {op.op: verdict(version, marks) for op, version in left}
