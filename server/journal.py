"""The trust journal: what a restored database must not forget, in a file outside it, one JSON line each, flushed to
disk.

Tablets keep what they have handed in and offer it to a restored server; nobody keeps what was done here. So
enrolments, revocations, new tokens, changes of scope, the office's own ops and its decisions about the tablets' are
written here before they are committed, and a restore replays them: a tablet revoked after the backup stays revoked, a
decision stays taken. Ops are sealed like the tablets' copies, with the revs they were given. A line for what was then
rolled back does no harm: replaying it names a device that nobody holds the token of, or an op that was stored all the
same.

What was imported is not written here but for scopes: its source is there to be imported again.
"""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pyrage
from flask import current_app
from sqlalchemy import Connection, select

from server import mends
from server.authors import Author
from server.inbox import Decided, Entry
from server.models import Device

FILE = "trust.journal"
SCOPE_FIELDS = {
    "team": {"territories"},
    "trip": {"team", "confirmed_territories", "status", "date_to"},
    "worker": {"team"},
    "family": {"shielded", "shield_reason", "shield_devices", "shield_people"},
}


def enrolled(device: dict[str, Any]) -> None:
    """Notes a device (its row) before its enrolment is committed."""
    _append({"kind": "enrolled", "device": device})


def revoked(device: str, at: int, erase: bool = False) -> None:
    """Notes a revocation (``at``: Unix ms) before it is committed."""
    _append({"kind": "revoked", "device": device, "at": at, "erase": erase})


def token(device: str, token_hash: str, at: int) -> None:
    """Notes that a tablet's token was changed, before that is committed."""
    _append({"kind": "token", "device": device, "hash": token_hash, "at": at})


def settled(row: Any, decided: Decided) -> None:
    """Notes a release or a rejection (of an op's row) before it is committed."""
    _append({"kind": "settled", "op": row.op, "digest": row.digest.hex()} | {"decided": asdict(decided)})


def ops(connection: Connection, author: Author, entries: list[Entry], epoch: str) -> None:
    """Notes those of these ops that the office wrote or that change what tablets may read, with the device that wrote
    them and the revs that lives of the database gave them."""
    merged = [entry for entry in entries if entry.outcome in mends.MERGED]
    noted = [entry for entry in merged if author.kind == "office" or _changes_scope(entry)]
    if not noted:
        return
    row = connection.execute(select(Device.__table__).where(Device.id == author.device)).one()
    _append({"kind": "ops", "device": dict(row._mapping), "ops": [_offer(entry, epoch) for entry in noted]})


def _offer(entry: Entry, epoch: str) -> dict[str, Any]:
    """An op as a tablet would offer it again, with its id and seq in the open."""
    recipient = pyrage.x25519.Recipient.from_str(current_app.extensions["vyezd.keys"].seal_public)
    sealed = b64encode(pyrage.encrypt(entry.raw, [recipient])).decode()
    was = entry.was | ({epoch: entry.rev} if entry.rev else {})
    assert entry.head is not None
    return {"op": entry.id, "seq": entry.head.seq, "sealed": sealed, "was": was}


def _changes_scope(entry: Entry) -> bool:
    if entry.head is None or entry.changes is None or entry.head.type not in SCOPE_FIELDS:
        return False
    written = {*entry.changes.set, *entry.changes.add, *entry.changes.remove}
    return entry.head.delete is not None or not written.isdisjoint(SCOPE_FIELDS[entry.head.type])


def path() -> Path:
    """Where this server's journal is."""
    folder: Path = current_app.config["VYEZD"].data
    return folder / FILE


def adopt(source: Path) -> None:
    """Goes on where another journal ends that was replayed here: its lines, but for those that are here already."""
    own = path()
    known = set(own.read_bytes().splitlines()) if own.is_file() else set()
    for line in source.read_bytes().splitlines():
        if line not in known:
            _write(path(), line)


def _append(line: dict[str, Any]) -> None:
    append(path(), line)


def append(file: Path, line: dict[str, Any]) -> None:
    """One JSON line, on disk before we go on."""
    _write(file, orjson.dumps(line))


def _write(file: Path, line: bytes) -> None:
    """In one write."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
