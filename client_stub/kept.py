"""What was acknowledged, kept sealed for 90 days, because a server restored from a backup has lost the latest of it.

The tablet cannot read these copies. Each remembers the revs that epochs gave it; those that the present epoch has not
acknowledged are offered again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from client_stub import clock
from client_stub.sealing import offer
from client_stub.store import Store, text

DAYS = 90
DUE = "epoch <> :epoch AND (device = :current OR device IN (SELECT device FROM former WHERE seal = :seal))"
"""Which sealed copies the server of today lacks and can open; `today` has the values."""


def keep(store: Store, op: str, rev: int | None) -> None:
    """Note that the server has acknowledged an op, in the present epoch. Call it before the op leaves the outbox."""
    store.db.execute(
        "INSERT OR IGNORE INTO kept SELECT op, seq, type, record, device, mends, NULL, NULL, '{}', sealed"
        " FROM outbox WHERE op = ? AND sealed IS NOT NULL",
        [op],
    )
    known = store.db.execute("SELECT was FROM kept WHERE op = ?", [op]).fetchone()
    if known:
        epoch, now = store["epoch"], clock.ms_of(store["synced_at"])
        was = orjson.loads(known[0]) | ({epoch: rev} if rev else {})
        store.db.execute("UPDATE kept SET was = ?, epoch = ?, at = ? WHERE op = ?", [text(was), epoch, now, op])


def to_offer(store: Store) -> int:
    """How many ops the present epoch has not acknowledged, though an earlier one has."""
    return store.db.execute(f"SELECT count(*) FROM kept WHERE {DUE}", today(store)).fetchone()[0]


def today(store: Store) -> dict[str, Any]:
    """The server's epoch and key to seal to, and the device that this tablet is now."""
    return {"epoch": store["epoch"], "current": store["device"], "seal": store["server_keys"]["seal"]}


def offers(store: Store, device: str, ops: int) -> Iterator[tuple[str, str, str, bytes]]:
    """The first of them that one identity handed in: (op, type, record, what goes on the wire).

    A mend follows in a batch after the op that it mends: the server settles what it knows already.
    """
    sql = (
        "SELECT op, type, record, sealed, was, mends IS NOT NULL AS late FROM kept"
        " WHERE epoch <> ? AND device = ? ORDER BY late, seq LIMIT ?"
    )
    rows = store.db.execute(sql, [store["epoch"], device, ops]).fetchall()
    for op, type, record, sealed, was, late in rows:
        if late == rows[0][-1]:
            yield op, type, record, offer(sealed, orjson.loads(was))


def forget(store: Store) -> None:
    """Let go of what the server has held for 90 days, by its own time, and of identities that have no more to do."""
    then = clock.ms_of(store["synced_at"]) - DAYS * clock.DAY_MS
    store.db.table("kept").delete_where("at < ? AND epoch = ?", [then, store["epoch"]])
    busy = (
        "SELECT device FROM outbox WHERE device IS NOT NULL UNION SELECT device FROM kept"
        " UNION SELECT device FROM mend WHERE settled IS NULL AND device IS NOT NULL"
    )
    store.db.table("former").delete_where(f"device NOT IN ({busy})")
