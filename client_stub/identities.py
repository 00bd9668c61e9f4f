"""Who this tablet is to the server: a device an enrolment, and the devices that it was before.

What the server may already hold of an earlier device is finished under that device and its token, so that nothing
arrives twice. Ops are numbered on across enrolments: what was never sent has numbers that are fresh under any device.
"""

from __future__ import annotations

from dataclasses import dataclass

from client_stub.sealing import seal
from client_stub.store import Store


@dataclass(frozen=True, slots=True)
class Former:
    """A device that this tablet was before it enrolled again."""

    device: str
    token: str


def formers(store: Store) -> list[Former]:
    """The earlier devices at the server of today: the one with the same key to seal to."""
    rows = store.db.table("former").rows_where("seal = ?", [store["server_keys"]["seal"]], order_by="device")
    return [Former(row["device"], row["token"]) for row in rows]


def awaits_word(store: Store, device: str) -> bool:
    """Whether ops of an earlier device are undecided: the office's decision is told to that device alone."""
    sql = (
        "SELECT 1 FROM kept JOIN acknowledged USING (op)"
        " WHERE kept.device = ? AND acknowledged.outcome IN ('quarantined', 'stored') LIMIT 1"
    )
    return store.db.execute(sql, [device]).fetchone() is not None


def learn_of_twin(store: Store) -> None:
    """The server has met two tablets that call themselves this device: a copy was made of one.

    The twin may have handed in all that was written up to now, so that goes out under this device, as the twin sent
    it. What is written from now on waits for another enrolment, which shall have a key that no twin has.
    """
    if not store["reenrol"]:
        store.db.execute("UPDATE outbox SET device = ? WHERE device IS NULL", [store["device"]])
        store.set(reenrol=True, key=None)


def change(store: Store, device: str, seal_key: str) -> None:
    """Become another device, before what the enrolment said is stored. Call it within `write`."""
    earlier, earlier_key = store["device"], (store["server_keys"] or {}).get("seal")
    if earlier and earlier != device:
        former = {"device": earlier, "token": store["token"], "seal": earlier_key}
        store.db.table("former").insert(former, replace=True)
        store.set(reenrol=False)
    if earlier and earlier_key != seal_key:
        _address(store, seal_key)


def _address(store: Store, seal_key: str) -> None:
    """Another server, which holds nothing of this tablet: all that waits is new to it, and sealed to its key."""
    store.db.execute("UPDATE mend SET device = NULL")
    outbox = store.db.table("outbox")
    for seq, body in store.db.execute("SELECT seq, body FROM outbox").fetchall():
        outbox.update(seq, {"device": None, "sealed": seal(body.encode(), seal_key)})


def adopt(store: Store, former: Former) -> None:
    """The server does not know an earlier device, so it holds nothing of it: all of it is this device's now."""
    store.db.execute("UPDATE outbox SET device = NULL WHERE device = ?", [former.device])
    for table in ("kept", "mend"):
        store.db.execute(f"UPDATE {table} SET device = ? WHERE device = ?", [store["device"], former.device])
    store.db.table("former").delete(former.device)
