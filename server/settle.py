"""Releasing and rejecting what was quarantined or stored; mending goes through the gate (mends.py).

A *release* merges the op as it stands, with the office answering for it. A *reject* leaves it in the history, unmerged.
Whoever comes second gets the first one's result. The tablet hears of each in its next answer (``settled``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from server import clock, devices, inbox, intake, mends, notices, proposals
from server.db import reading, writing
from server.models import Op


class UnknownOp(ValueError):
    """No op has this id."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an op: ``outcome`` applied, conflict, rejected, or quarantined with ``errors`` when a release
    could not be merged. ``late``: somebody had settled it before, and this is what was decided then."""

    op: str
    outcome: str
    rev: int | None = None
    errors: dict[str, list[str]] | None = None
    late: bool = False


def release(op_id: str) -> Settled:
    """Merges a quarantined or stored op as it stands. Raises UnknownOp."""
    row, won = _claim(op_id, "received")
    if not won:
        return _late(row)
    writer = devices.author_of(row.device).vouch()
    entry = inbox.again(row, writer)
    intake.process(writer, [entry], clock.now())
    if entry.outcome in mends.MERGED:
        _tell(row, entry.outcome)
    return Settled(op_id, entry.outcome or "received", entry.rev, entry.errors or None)


def reject(op_id: str, remark: str) -> Settled:
    """Leaves an op unmerged for good; its author is told, with the remark. Raises UnknownOp."""
    row, won = _claim(op_id, "rejected")
    if not won:
        return _late(row)
    _tell(row, "rejected")
    notices.send(row.device, "rejected", remark, row.record)
    return Settled(op_id, "rejected")


def _claim(op_id: str, state: str) -> tuple[Any, bool]:
    """Takes the decision, once: the row as it was, and whether it was still open."""
    with writing() as connection:
        row = mends.original(connection, op_id)
        if row is None:
            raise UnknownOp(op_id)
        taken = update(Op).where(Op.n == row.n, Op.state.in_(mends.OPEN)).values(state=state, waits=None)
        return row, connection.execute(taken).rowcount == 1


def _late(row: Any) -> Settled:
    with reading() as connection:
        outcome, rev = mends.result_of(connection, row)
    return Settled(row.op, outcome, rev, late=True)


def _tell(row: Any, outcome: str) -> None:
    now = clock.now()
    with writing() as connection:
        notices.leave(connection, row.device, notices.SETTLED, outcome, row.op, now)
        proposals.close(connection, row.op, None, now)
