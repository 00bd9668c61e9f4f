"""Signatures, told by what authors had seen and by no clock.

A signature is any op that writes a value to the type's signature field. The office opens a signed record again when it
writes "returned" to the review field, or clears the signature. For every other op:

- Its author had seen a signature, and no return that came after it: it is a *proposal*, and stays out of the record
  until the office says the same itself. The office may write on: what it writes is no proposal.
- Neither had the author seen some signature, nor its signer the op: a *conflict*. It is merged and flagged.
- Else the record is *open* to it.

A record keeps its signatures and returns, which are few, as marks; the rest is asked of versions. Which ops still
want a decision is read off the record's life, which every op writes: an op that nobody has seen stands there. So a
flag falls when somebody to whom the record is open writes on it, having seen both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sync.kinds import life
from sync.kinds.frontier import is_known
from sync.state import Mark, Record
from sync.versions import Op, Version, has_seen


class Verdict(StrEnum):
    """What a signature makes of an op."""

    OPEN = "open"
    PROPOSAL = "proposal"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Signing:
    """How records of a type are signed: the field of the signature, and the office's field (of kind states) that says
    whether a record was returned."""

    signature: str
    review: str
    returned: str = "returned"


def judge(record: Record | None, op: Op) -> Verdict:
    """What the signatures that the record knows make of an op, before it is merged. A proposal must not be merged."""
    if record is None or not record.marks or op.op in record.voided:
        return Verdict.OPEN
    return verdict(op.version(()), record.marks)


def flags(record: Record) -> dict[str, Verdict]:
    """What people must decide: op id → conflict; or proposal, of an op that came before the signature that it had
    seen and is still in the record (`overtaken`)."""
    if not record.marks:
        return {}
    stands = [version for version, _ in life.votes(record, "alive")]
    verdicts = {version.op: verdict(version, record.marks) for version in stands}
    return {op: said for op, said in verdicts.items() if said is not Verdict.OPEN}


def overtaken(record: Record | None, op: Op, signing: Signing) -> bool:
    """Whether an op signs or returns the record, and somebody who had seen it has been merged already: an op of the
    same device that came too early, or one that was offered to a restored server before it.

    Then all verdicts must be found anew (`judged`), and the record made again without the proposals (`replayed`).
    """
    if record is None or op.op in record.voided or signs(op, signing) is None:
        return False
    writers = life.writers(record)
    return is_known(op.version(()), writers.floors, writers.bases)


def verdict(version: Version, marks: Sequence[Mark]) -> Verdict:
    """What these signatures and returns make of a version."""
    signatures = [mark for mark, is_signature in marks if is_signature and mark.op != version.op]
    returns = [mark for mark, is_signature in marks if not is_signature and has_seen(version, mark)]
    seen = [mark for mark in signatures if has_seen(version, mark)]
    if not version.office and any(not any(has_seen(back, mark) for back in returns) for mark in seen):
        return Verdict.PROPOSAL
    if any(mark not in seen and not has_seen(mark, version) for mark in signatures):
        return Verdict.CONFLICT
    return Verdict.OPEN


def marked(marks: tuple[Mark, ...], op: Op, version: Version, signing: Signing) -> tuple[Mark, ...]:
    """The marks after an op that was merged."""
    said = signs(op, signing)
    return marks if said is None else (*marks, (version, said))


def signs(op: Op, signing: Signing) -> bool | None:
    """Whether the op signs the record (true) or opens it again (false)."""
    if op.set.get(signing.signature) is not None:
        return True
    step = op.set.get(signing.review)
    is_returned = step is not None and step["to"] == signing.returned
    return False if op.office and (is_returned or signing.signature in op.set) else None


def is_signed(record: Record) -> bool:
    """Whether a signature stands that no return has opened again: one that no return had seen."""
    returns = [mark for mark, is_signature in record.marks if not is_signature]
    signatures = [mark for mark, is_signature in record.marks if is_signature]
    return any(not any(has_seen(back, mark) for back in returns) for mark in signatures)


def valid(marks: Sequence[Mark]) -> list[Mark]:
    """The marks without signatures that are proposals: each is judged after those that its author had seen."""
    found = [mark for mark in marks if not mark[1]]
    waiting = [mark for mark in marks if mark[1]]
    while waiting:
        free = (mark for mark in waiting if not any(has_seen(mark[0], other) for other, _ in waiting))
        mark = next(free, waiting[0])  # somebody lies when each had seen another
        waiting.remove(mark)
        if verdict(mark[0], found) is not Verdict.PROPOSAL:
            found.append(mark)
    return found
