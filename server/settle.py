"""Releasing and rejecting what was quarantined or stored; mending goes through the gate (mends.py).

A *release* merges the op as it stands, with the office answering for it. A *reject* leaves it in the history, unmerged.
Whoever comes second gets the first one's result. The tablet hears of each in its next answer (``settled``), and who
decided is kept. An op is named by its id; where several came under one id, all but the first by their rows' numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from server import clock, decisions, devices, inbox, intake, journal, mends, proposals
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
    row, won = _claim(handle, "received", decided)
    if not won:
        return _late(row)
    writer = devices.author_of(row.device).vouch()
    entry = inbox.again(row, writer)
    inbox.recognise([entry])
    intake.process(writer, [entry], clock.now())
    if entry.outcome in mends.MERGED:
        _tell(row, entry.outcome, decided)
    return Settled(row.op, entry.outcome or "received", entry.rev, entry.errors or None)


def _reject(handle: Handle, decided: Decided) -> Settled:
    row, won = _claim(handle, REJECTED, decided)
    if not won:
        return _late(row)
    _tell(row, REJECTED, decided)
    return Settled(row.op, REJECTED)


def _claim(handle: Handle, state: str, decided: Decided) -> tuple[Any, bool]:
    """Takes the decision, once, and notes it in the trust journal: the row as it was, and whether it was still
    open."""
    with writing() as connection:
        row = mends.row(connection, handle) if isinstance(handle, int) else mends.original(connection, handle)
        if row is None:
            raise UnknownOp(handle)
        taken = update(Op).where(Op.n == row.n, Op.state.in_(mends.OPEN)).values(state=state, waits=None)
        won = connection.execute(taken).rowcount == 1
        if won:
            journal.settled(row, decided)
        return row, won


def _late(row: Any) -> Settled:
    with writing() as connection:  # it waits for whoever settles it now
        outcome, rev = mends.result_of(connection, row)
    return Settled(row.op, outcome, rev, late=True)


def _tell(row: Any, outcome: str, decided: Decided) -> None:
    now = clock.now()
    with writing() as connection:
        decisions.tell(connection, row.device, (row.n, row.op, row.record), outcome, decided, now)
        proposals.close(connection, row.op, None, now)
        mends.give_up(connection, row.op, outcome, now)
