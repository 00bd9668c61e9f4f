"""What became of an op that had waited for somebody: who let it pass, turned it down or mended it, and when."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from server import verdicts
from server.db import reading
from server.history import Writer
from server.mends import MERGED
from server.models import Notice, Op
from server.notices import SETTLED
from server.reading import writers
from server.reading.kept import Kept
from server.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Settlement:
    """``outcome``: applied, conflict, rejected, mended; received while the server has not got to it.

    ``at``: Unix ms. ``mend``: the op that stands in its place, written by ``mender``.
    """

    outcome: str
    at: int | None
    verdict: Verdict | None
    mend: str | None = None
    mender: Writer | None = None


def of(kept: Kept) -> Settlement | None:
    """None while the op waits."""
    if kept.is_open:
        return None
    with reading() as connection:
        query = select(Notice.created_at).where(Notice.kind == SETTLED, Notice.device == kept.device)
        at = connection.scalar(query.where(Notice.record == kept.op).order_by(Notice.id))
        verdict = verdicts.of_op(kept.n, connection)
        return Settlement(kept.state, at, verdict, *_mend(kept, connection))


def _mend(kept: Kept, connection: Connection) -> tuple[str | None, Writer | None]:
    mend = connection.scalar(select(Op.op).where(Op.mends == kept.op, Op.state.in_(MERGED)))
    return (mend, writers.of_ops([mend], connection)[mend]) if mend else (None, None)
