"""Who decided, and the remark that went to the authors: kept for the office on a closed entry of the queue.

A decision that is an op tells its author by itself; a release or a rejection does not, and no remark is part of an op.
What was said of a matter stays on its entry until it opens anew; what was said of an op has an entry of its own,
which was never open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from server import clock
from server.db import writing
from server.inbox import chunks
from server.models import Attention, Op

VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``by``: the name of who decided. ``at``: Unix ms. ``remark``: "" when nothing was said."""

    by: str
    at: int
    remark: str


def keep(key: str, by: str, remark: str = "") -> None:
    """Keeps what was said when a matter was decided; nothing where it is open (again)."""
    with writing() as connection:
        query = select(Attention.detail).where(Attention.key == key, Attention.state == "closed")
        detail = connection.scalar(query)
        if detail is not None:
            told = _detail(Verdict(by, clock.now(), remark), orjson.loads(detail))
            connection.execute(update(Attention).where(Attention.key == key).values(detail=told))


def keep_of_op(n: int, by: str, remark: str = "") -> None:
    """Keeps what was said when an op (its row) was mended. The first to decide has the word."""
    with writing() as connection:
        put_of_op(connection, n, by, remark, clock.now())


def put_of_op(connection: Connection, n: int, by: str, remark: str, at: int) -> None:
    """The same within a transaction, of an op that was released or rejected."""
    if connection.scalar(select(Attention.key).where(Attention.key == _key(n))):
        return
    row = connection.execute(select(Op.op, Op.type, Op.record, Op.received_at).where(Op.n == n)).first()
    if row is not None:
        entry = {"key": _key(n), "kind": "settled", "type": row.type or "", "record": row.record or row.op}
        times = {"state": "closed", "opened_at": row.received_at, "closed_at": at}
        connection.execute(insert(Attention), entry | times | {"detail": _detail(Verdict(by, at, remark), {})})


def read(detail: dict[str, Any]) -> Verdict | None:
    """What an entry's detail keeps."""
    return Verdict(**detail[VERDICT]) if VERDICT in detail else None


def of_op(n: int, connection: Connection) -> Verdict | None:
    """What was said of an op (its row)."""
    return of_ops([n], connection).get(n)


def of_ops(numbers: Iterable[int], connection: Connection) -> dict[int, Verdict]:
    """What was said of ops, by their rows, as far as something was; in bulk."""
    keys = {_key(n): n for n in numbers}
    found: dict[int, Verdict] = {}
    for part in chunks(sorted(keys)):
        for row in connection.execute(select(Attention.key, Attention.detail).where(Attention.key.in_(part))):
            if verdict := read(orjson.loads(row.detail)):
                found[keys[row.key]] = verdict
    return found


def _key(n: int) -> str:
    return f"settled:{n}"


def _detail(verdict: Verdict, detail: dict[str, Any]) -> str:
    return orjson.dumps(detail | {VERDICT: asdict(verdict)}).decode()
