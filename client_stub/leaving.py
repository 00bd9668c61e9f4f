"""How a tablet ends: what it drops when it hears that it was revoked, and the erasing of everything.

First it drops the register and every readable copy; what it has not sent, and what a restored server may want again,
stays until it is handed over. Then it says that it is *drained*, and when the server has heard that, it erases itself.
A tablet that is told to erase itself at once does so, sent or not.
"""

from __future__ import annotations

from client_stub import clock, photos
from client_stub.store import TABLES, Store

NEEDED = {"meta", "outbox", "kept", "former", "acknowledged", "photos"}
REMEMBERED = ("server_url", "team", "seq", "stamp", "offset_ms")
"""What an erased tablet still knows: where it belonged, and numbers that it must never give twice."""


def lock(store: Store) -> None:
    """The tablet was revoked: nothing of the register stays, and nothing is shown any more. Call it within `write`."""
    if store["revoked"]:
        return
    store.db.execute("PRAGMA secure_delete = ON")
    for table in TABLES.keys() - NEEDED:
        store.db.table(table).delete_where()
    store.db.execute("UPDATE acknowledged SET body = NULL")
    photos.drop(store, all_of_them=False)
    store.set(revoked=True, cursor=None, scope=[])


def erase(store: Store) -> None:
    """Everything goes, also from the file: what is deleted is overwritten, and the file made anew."""
    store.db.execute("PRAGMA secure_delete = ON")
    with store.write():
        remembered = {key: store[key] for key in REMEMBERED}
        photos.drop(store, all_of_them=True)
        for table in TABLES:
            store.db.table(table).delete_where()
        store.set(**remembered, erased=clock.now(store).isoformat())
    store.db.execute("VACUUM")
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
