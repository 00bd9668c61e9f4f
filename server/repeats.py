"""Ops that come again: each is decided once, and who brings it again is told what was decided.

A repeat comes from its own device, whose answer was lost, or from another that hands in the same op (a twin: two
tablets of one worker, a copy that was restored). Under one id with other content it is another op, and refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, select

from server import epoch, inbox, mends, remerge
from server.authors import Author
from server.bulk import among
from server.db import is_sqlite
from server.inbox import Entry
from server.models import Op
from server.remerge import Recalled

_OP = Op.__table__.c
_DECIDED = select(_OP.n, _OP.op, _OP.state, _OP.record, _OP.epoch, _OP.rev, _OP.was, _OP.result, _OP.mends).where(
    _OP.state != "received"
)
_MERGED = select(_OP.n, _OP.op, _OP.device, _OP.digest, _OP.state, _OP.rev).where(_OP.state.in_(mends.MERGED))


class Busy(RuntimeError):
    """The database could not serialise this batch within our patience. The ops are stored; a retry processes them."""


def undecided(connection: Connection, entries: Sequence[Entry]) -> tuple[list[Entry], list[Recalled]]:
    """The entries that still await a decision, each op once; the others get the outcome that they had, and those that
    have been here in a life that we did not know of are named apart."""
    recalled: list[Recalled] = []
    lives = epoch.lives(connection)
    numbers = [entry.n for entry in entries]
    known = {row.n: row for row in connection.execute(_DECIDED.where(among(_OP.n, numbers)))}
    pending: dict[int, Entry] = {}
    for entry in entries:
        row = known.get(entry.n)
        if row is None:
            pending.setdefault(entry.n, entry)
        else:
            entry.errors = orjson.loads(row.result or "{}")
            entry.outcome, entry.rev = _outcome_of(connection, row), row.rev
            if was := remerge.unknown_revs(entry.was, row, lives):
                recalled.append(Recalled(row.n, row.op, row.record, row.state in mends.MERGED, was))
    return list(pending.values()), recalled


def _outcome_of(connection: Connection, row: Any) -> str:
    """What the author of a decided op was told, which is told again."""
    if row.state == "late":
        return mends.result_of(connection, mends.original(connection, row.mends or row.op))[0]
    if row.state in ("mended", "rejected"):
        return "quarantined" if row.result else "stored"
    return str(row.state)


def tell_twins(connection: Connection, pending: Sequence[Entry]) -> None:
    """What came before from another device is kept as coming late, and told what the first one was told."""
    for entry in pending:
        if entry.twin:
            first = mends.original(connection, entry.id)
            if first.state == "received":
                raise Busy("the first of two equal ops is stored and waits to be processed")
            entry.errors = orjson.loads(first.result or "{}")
            entry.state, entry.outcome, entry.rev = "late", _outcome_of(connection, first), first.rev


def tell_copies(connection: Connection, author: Author, pending: Sequence[Entry]) -> None:
    """Of ops that two devices brought at the same moment neither may have seen the other's stored; that one is merged
    shows once the records are locked. On SQLite who stores second sees the first."""
    if author.office or is_sqlite(connection):
        return
    merged = connection.execute(_MERGED.where(among(_OP.op, [entry.id for entry in pending])))
    known = {row.op: row for row in merged}
    for entry in (each for each in pending if each.outcome is None and each.id in known):
        row = known[entry.id]
        inbox.compare(entry, row)
        if entry.twin:
            entry.state, entry.outcome, entry.rev = "late", row.state, row.rev
