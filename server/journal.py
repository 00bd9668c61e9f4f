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

import fcntl
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
PIECE = 1 << 16
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
    known = set(lines(own)) if own.is_file() else set()
    for line in lines(source):
        if line not in known:
            _write(path(), line)


def lines(source: Path) -> list[bytes]:
    """The lines of a journal, but for a last one that was torn off: what it told of was never committed."""
    content = source.read_bytes()
    found = content.splitlines()
    if not content.endswith(b"\n") and found and not _is_whole(found[-1]):
        found.pop()
    return found


def _is_whole(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _append(line: dict[str, Any]) -> None:
    append(path(), line)


def append(file: Path, line: dict[str, Any]) -> None:
    """One JSON line, on disk before we go on."""
    _write(file, orjson.dumps(line))


def _write(file: Path, line: bytes) -> None:
    """Whole, and on disk, or not at all; what a crash has torn off before it goes. Raises OSError."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        end = _end(handle)
        os.ftruncate(handle, end)
        try:
            _write_all(handle, line + b"\n")
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, end)
            raise
    finally:
        os.close(handle)


def _end(handle: int) -> int:
    """Where the last whole line of a file ends."""
    end = os.fstat(handle).st_size
    while end:
        start = max(0, end - PIECE)
        if (found := os.pread(handle, end - start, start).rfind(b"\n")) >= 0:
            return start + found + 1
        end = start
    return 0


def _write_all(handle: int, content: bytes) -> None:
    """A disk that fills up takes a part, and says so at the next."""
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]
