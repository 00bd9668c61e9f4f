"""How the office writes: forms, decisions and imports become ops of a virtual device and go through the gate like
everybody's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from schemas import registry
from schemas.clock import stamp_of
from schemas.ids import new_id
from server import clock, epoch, intake
from server.authors import Author
from server.db import writing
from server.intake import Result
from server.models import Device

BATCH = 2_000  # ops; of an import: what a batch costs whatever its size is spread over many


@dataclass(frozen=True, slots=True)
class Change:
    """What an office person or an import asks for: one op without its identity.

    ``base`` is the rev that was on screen, in ``epoch`` (None: the present one). ``mends``: the op that this one is to
    stand in for, with the candidates that it named in ``over``. ``void``: ops
    whose merging is undone. ``op`` and ``at`` are given only by seeded sources.
    """

    type: str
    id: str
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    remove: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    inc: Mapping[str, int] = field(default_factory=dict)
    base: int = 0
    epoch: str | None = None
    delete: bool | None = None
    feed: str | None = None
    by: str | None = None
    over: Sequence[str] | None = None
    mends: str | None = None
    void: Sequence[str] = ()
    op: str | None = None
    at: str | None = None


def write(author: Author, changes: Iterable[Change], now: int | None = None) -> list[Result]:
    """Makes the changes' ops and sends them through the gate, BATCH at a time. Results are in the changes' order."""
    return [result for part in pour(author, changes, now) for result in part]


def pour(
    author: Author, changes: Iterable[Change], now: int | None = None, batch: int = BATCH
) -> Iterator[list[Result]]:
    """The same for a stream of any length, a batch at a time: what was taken from it is in the register."""
    now = clock.now() if now is None else now
    waiting = iter(changes)
    while part := list(islice(waiting, batch)):
        yield intake.push(author, _ops(author, part, now), now)


def _ops(author: Author, changes: Sequence[Change], now: int) -> list[bytes]:
    with writing() as connection:
        first = _take_seqs(connection, author, len(changes))
        present = epoch.of(connection)
    return [_op(change, first + i, present, now) for i, change in enumerate(changes)]


def _take_seqs(connection: Connection, author: Author, count: int) -> int:
    taken = update(Device).where(Device.id == author.device).values(seq=Device.seq + count)
    connection.execute(taken)
    last = connection.scalar(select(Device.seq).where(Device.id == author.device))
    return (last or count) - count + 1


def _op(change: Change, seq: int, present: str, now: int) -> bytes:
    op: dict[str, Any] = {
        "op": change.op or new_id(now),
        "type": change.type,
        "id": change.id,
        "seq": seq,
        "epoch": change.epoch or present,
        "base": change.base,
        "at": change.at or stamp_of(now),
        "schema": registry.VERSION,
    }
    for part in ("set", "add", "remove", "inc", "delete", "feed", "by", "over", "mends", "void"):
        value = getattr(change, part)
        if value not in (None, {}, ()):
            op[part] = value
    return orjson.dumps(op)
