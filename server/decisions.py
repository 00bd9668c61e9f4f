"""Releases and rejections that wait for their ops. A restored database has lost ops that the office had decided about,
and their tablets offer them again; an op that is released goes through the gate once more.

`vyezd restore` finds the decisions in the trust journal and leaves here those it cannot carry out yet, and a release is
left here (settle.py) before its op goes on. The gate asks for them with each op that it is about to decide, and what
the office had said then stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from server import mends, notices, proposals, verdicts
from server.bulk import among
from server.inbox import Decided, Entry
from server.models import Decision

RELEASED, REJECTED = "released", "rejected"
_DECISIONS = select(Decision.__table__)


def wait(connection: Connection, op: str, digest: bytes, decided: Decided) -> None:
    """Keeps a decision until its op comes; a later one on the same op takes its place."""
    connection.execute(delete(Decision).where(Decision.op == op, Decision.digest == digest))
    values = {"kind": decided.kind, "by": decided.by, "remark": decided.remark, "notice": decided.notice}
    connection.execute(insert(Decision), values | {"op": op, "digest": digest, "at": decided.at})


def recall(connection: Connection, entries: Sequence[Entry]) -> None:
    """Gives these entries the decisions that wait for them."""
    query = _DECISIONS.where(among(Decision.__table__.c.op, [entry.id for entry in entries]))
    known = {(row.op, row.digest): row for row in connection.execute(query)}
    for entry in entries:
        if row := known.get((entry.id, entry.digest)):
            entry.decided = Decided(row.kind, row.by, row.remark, row.notice, row.at)


def settle(connection: Connection, entries: Sequence[Entry], device: str, now: int) -> None:
    """Tells the device what had been decided, keeps who had decided it, and waits no longer."""
    for entry in entries:
        decided = entry.decided
        if decided is None:
            continue
        gone = delete(Decision).where(Decision.op == entry.id, Decision.digest == entry.digest)
        connection.execute(gone)
        outcome = REJECTED if decided.kind == REJECTED else entry.outcome
        if outcome == REJECTED or outcome in mends.MERGED:
            record = entry.head.id if entry.head else None
            tell(connection, device, (entry.n, entry.id, record), str(outcome), decided, now)


def tell(
    connection: Connection, device: str, of: tuple[int, str, str | None], outcome: str, decided: Decided, now: int
) -> None:
    """What became of an op (its row, id and record), for its device and for the office; what asked for it closes."""
    n, op, record = of
    notices.leave(connection, device, notices.SETTLED, outcome, op, now)
    if outcome == REJECTED:
        notices.leave(connection, device, REJECTED, decided.notice, record, now)
    verdicts.put_of_op(connection, n, decided.by, decided.remark, decided.at)
    proposals.close(connection, op, None, now)
    mends.give_up(connection, op, outcome, now)
