"""Releasing and rejecting what was quarantined or stored; mending goes through the gate (mends.py).

A *release* merges the op as it stands, with the office answering for it. A *reject* leaves it in the history, unmerged.
Whoever comes second gets the first one's result. The tablet hears of each in its next answer (``settled``), and who
decided is kept. An op is named by its id; where several came under one id, all but the first by their rows' numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from server import clock, decisions, devices, inbox, intake, journal, mends
from server.db import writing
from server.decisions import REJECTED, RELEASED
from server.inbox import Decided
from server.models import Op

Handle = str | int
"""An op's id, or the number of its row."""


class UnknownOp(ValueError):
    """No op has this id or number."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an op: ``outcome`` applied, conflict, rejected, or quarantined with ``errors`` when a release
    could not be merged. ``late``: somebody had settled it before, and this is what was decided then."""

    op: str
    outcome: str
    rev: int | None = None
    errors: dict[str, list[str]] | None = None
    late: bool = False


def release(handle: Handle, by: str, remark: str = "") -> Settled:
    """Merges a quarantined or stored op as it stands; ``by``: the name of who answers for it. Raises UnknownOp."""
    return _release(handle, Decided(RELEASED, by, remark, "", clock.now()))


def reject(handle: Handle, remark: str, by: str, notice: str | None = None) -> Settled:
    """Leaves an op unmerged for good; its author is told, with the remark or, where one is given, a fuller notice.
    Raises UnknownOp."""
    return _reject(handle, Decided(REJECTED, by, remark, notice or remark, clock.now()))


def settle_again(n: int, decided: Decided) -> Settled:
    """Carries out what was decided in an earlier life of the database, on the op of this row."""
    return (_reject if decided.kind == REJECTED else _release)(n, decided)


def _release(handle: Handle, decided: Decided) -> Settled:
    row, won = _claim(handle, decided)
    if not won:
        return _late(row)
    author = devices.author_of(row.device)
    entry = inbox.again(row, author)
    inbox.recognise([entry])
    intake.process(author, [entry], clock.now())
    return Settled(row.op, entry.outcome or "received", entry.rev, entry.errors or None)


def _reject(handle: Handle, decided: Decided) -> Settled:
    row, won = _claim(handle, decided)
    return Settled(row.op, REJECTED) if won else _late(row)


def _claim(handle: Handle, decided: Decided) -> tuple[Any, bool]:
    """Takes the decision, once, and notes it in the trust journal: the row as it was, and whether it was still
    open. A rejection is told at once; a release is kept for the gate, whoever brings the op there."""
    with writing() as connection:
        row = mends.row(connection, handle) if isinstance(handle, int) else mends.original(connection, handle)
        if row is None:
            raise UnknownOp(handle)
        state = REJECTED if decided.kind == REJECTED else "received"
        taken = update(Op).where(Op.n == row.n, Op.state.in_(mends.OPEN)).values(state=state, waits=None)
        won = connection.execute(taken).rowcount == 1
        if won:
            journal.settled(row, decided)
            if state == REJECTED:
                about = (row.n, row.op, row.record)
                decisions.tell(connection, row.device, about, REJECTED, decided, clock.now())
            else:
                decisions.wait(connection, row.op, row.digest, decided)
        return row, won


def _late(row: Any) -> Settled:
    with writing() as connection:  # it waits for whoever settles it now
        outcome, rev = mends.result_of(connection, row)
    return Settled(row.op, outcome, rev, late=True)
