"""What can be handed in next, and under which identity: the outbox in its order, then what a restored server lacks.

Before a batch goes out its ops are marked with the device that sends them. From then on the server may hold them, so
they go out under that device and no other, also when the tablet has enrolled again since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from client_stub import kept
from client_stub.store import Store

MINE = "(device = :device OR (device IS NULL AND :unmarked))"
TIMELY = f"(mends IS NULL OR (:met AND mends NOT IN (SELECT op FROM kept WHERE {kept.DUE})))"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An op to be handed in. ``body`` goes on the wire byte for byte; ``kept``: it is a sealed copy, offered again."""

    op: str
    type: str
    record: str
    body: bytes
    kept: bool = False


def take(store: Store, device: str, ops: int, size: int, met: bool = True) -> list[Waiting]:
    """The next batch under an identity: at most ``ops`` and ``size`` bytes of them, but one if one waits.

    A mend waits until the server has been ``met`` in this sync and has been offered what it lacks: a restored one may
    have lost the op that is to be mended.
    """
    with store.write():
        batch = _fit(_outbox(store, device, ops, met), size)
        mark = "UPDATE outbox SET device = ? WHERE op = ? AND device IS NULL"
        store.db.conn.executemany(mark, [[device, waiting.op] for waiting in batch])
    return batch or _fit((Waiting(*offered, kept=True) for offered in kept.offers(store, device, ops)), size)


def is_ready(store: Store, device: str) -> bool:
    """Whether anything can be handed in under an identity."""
    return any(_outbox(store, device, 1, met=True)) or any(kept.offers(store, device, 1))


def _outbox(store: Store, device: str, ops: int, met: bool) -> Iterator[Waiting]:
    sql = f"SELECT op, type, record, body FROM outbox WHERE {MINE} AND {TIMELY} ORDER BY seq LIMIT :ops"
    asked = kept.today(store) | {"device": device, "unmarked": _takes_new(store, device), "met": met, "ops": ops}
    for op, type, record, body in store.db.execute(sql, asked).fetchall():
        yield Waiting(op, type, record, body.encode())


def _takes_new(store: Store, device: str) -> bool:
    """Ops that were never sent go out under the present identity, unless it is known to have a twin.

    A revoked tablet gets no other one: an admin sorts out what it sends.
    """
    return device == store["device"] and bool(store["revoked"] or not store["reenrol"])


def _fit(waiting: Iterable[Waiting], size: int) -> list[Waiting]:
    batch: list[Waiting] = []
    for each in waiting:
        size -= len(each.body) + 1
        if batch and size < 0:
            break
        batch.append(each)
    return batch
