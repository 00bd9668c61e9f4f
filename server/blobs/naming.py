"""Which ops name which hashes, written by the gate for every op that does, whatever becomes of it.

By it a revoked tablet may hand in what its ops name, a record opens a blob to its readers, and nothing is swept away
that somebody still names.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from server import bulk
from server.blobs.tables import BlobNaming
from server.inbox import Entry

TYPE, FIELD = "attachment", "sha256"
_COLUMNS = ("sha256", "n", "record", "device")


def keep(connection: Connection, device: str, entries: Iterable[Entry]) -> None:
    """Notes what these ops of a device name."""
    rows = [row for entry in entries if (row := _row(entry, device))]
    bulk.insert_new(connection, BlobNaming.__table__, _COLUMNS, rows, keys=("sha256", "n"))


def _row(entry: Entry, device: str) -> tuple[str, int, str, str] | None:
    if entry.head is None or entry.head.type != TYPE or entry.changes is None:
        return None
    sha256 = entry.changes.set.get(FIELD)
    return (sha256, entry.n, entry.head.id, device) if isinstance(sha256, str) and len(sha256) == 64 else None


def is_named_by(connection: Connection, sha256: str, devices: Iterable[str]) -> bool:
    """Whether an op of one of these devices names a hash."""
    query = select(BlobNaming.n).where(BlobNaming.sha256 == sha256, BlobNaming.device.in_(sorted(devices))).limit(1)
    return connection.scalar(query) is not None
