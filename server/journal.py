"""The trust journal: what a restored database must not forget, in a file outside it, one JSON line each, flushed to
disk.

Enrolments, revocations and changes of scope are written here before they are committed. A restore replays the
journal: a tablet revoked after the backup stays revoked. A line for what was then rolled back does no harm: replaying
it names a device that nobody holds the token of.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import Connection, select

from server import inbox, mends
from server.authors import Author
from server.models import Device

FILE = "trust.journal"
SCOPE_FIELDS = {
    "team": {"territories"},
    "trip": {"team", "confirmed_territories", "status", "date_to"},
    "worker": {"team"},
}


def enrolled(device: dict[str, Any]) -> None:
    """Notes a device (its row) before its enrolment is committed."""
    _append({"kind": "enrolled", "device": device})


def revoked(device: str, at: int) -> None:
    """Notes a revocation (``at``: Unix ms) before it is committed."""
    _append({"kind": "revoked", "device": device, "at": at})


def scopes(connection: Connection, author: Author, entries: list[inbox.Entry]) -> None:
    """Notes the ops among these that change what tablets may read, with the device that wrote them."""
    changing = [entry for entry in entries if entry.outcome in mends.MERGED and _changes_scope(entry)]
    if not changing:
        return
    row = connection.execute(select(Device.__table__).where(Device.id == author.device)).one()
    ops = [entry.raw.decode() for entry in changing]
    _append({"kind": "scope", "device": dict(row._mapping), "ops": ops})


def _changes_scope(entry: inbox.Entry) -> bool:
    if entry.head is None or entry.changes is None or entry.head.type not in SCOPE_FIELDS:
        return False
    written = {*entry.changes.set, *entry.changes.add, *entry.changes.remove}
    return entry.head.delete is not None or not written.isdisjoint(SCOPE_FIELDS[entry.head.type])


def path() -> Path:
    """Where this server's journal is."""
    folder: Path = current_app.config["VYEZD"].data
    return folder / FILE


def _append(line: dict[str, Any]) -> None:
    """One line, in one write, on disk before we go on."""
    handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, orjson.dumps(line) + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
