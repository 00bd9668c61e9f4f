"""An upload by the tus protocol, version 1.0 (tus.io): made, written to at its offset, ended.

The offset in the database counts only bytes that are on disk: they are written, flushed, and then counted, so a server
that is killed forgets the chunk that was under way and nothing before it. Nobody waits for a slow sender: what has
arrived is written under a short lock, and who writes at an offset that has moved on is told so.

An upload that failed for what it is says why for as long as it is remembered, also to who lost the first answer.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, insert, select, update

from schemas.ids import new_id
from server import clock, metrics
from server.authors import Author
from server.blobs import access, finishing, naming, room
from server.blobs.finishing import DONE
from server.blobs.store import PIECE, parts, settings
from server.blobs.tables import Upload
from server.db import reading, writing
from server.problems import KINDS, Problem

GONE = "upload-gone"
LASTING = frozenset({"unreadable-seal", "wrong-hash", "empty-file", "unfit-type", "damaged-file"})
"""What ends an upload for good: the same bytes would fail again."""


@dataclass(frozen=True, slots=True)
class State:
    """Where an upload stands. ``expires_at``: Unix ms, for one that is not whole. ``done``: it was taken in."""

    id: str
    size: int
    offset: int
    expires_at: int
    done: bool


def create(device: Any, author: Author, size: int, sha256: str | None, keep_exif: bool, sealed: bool) -> State:
    """A new upload of a tablet (its row); the one that it has begun with this hash; or a finished one, when the tablet
    may know that the blob is here. ``size``: of what will be sent, sealed or not; ``sha256``: of the file itself.

    Raises Problem revoked (a revoked tablet hands in what its ops name, and nothing else), over-quota, no-space, and
    what is wrong with the size.
    """
    room.check_file(size)
    with writing() as connection:
        if author.revoked and not _is_named(connection, sha256, device):
            raise Problem("revoked", revoked=True)
        known = _known(connection, device, author, sha256)
        begun = _begun(connection, device.id, sha256, size, sealed)
        if begun is not None and not known:
            return _prolong(connection, begun)
        if not known:
            room.check(connection, device.id, size)
        row = _row(device.id, size, sha256, keep_exif, sealed) | ({"offset": size, "ended": DONE} if known else {})
        connection.execute(insert(Upload), row)
    return _state(row)


def state(id: str, device: str) -> State:
    """Where a device's upload stands. Raises Problem not-found, and what ended it."""
    return _state(_found(id, device)._mapping)


def append(id: str, device: str, offset: int, source: BinaryIO) -> State:
    """Writes at an offset what a file holds from its beginning; whole, or nothing of it counts.

    Raises Problem not-found, wrong-offset, no-space, file-too-large (more than was announced), and what ended it.
    """
    _found(id, device)
    with _alone(id):
        row = _found(id, device)
        if offset != row.offset or row.ended == DONE:
            raise Problem("wrong-offset", offset=row.offset)
        if _part(id).stat().st_size < offset:  # it was begun in another life of the database
            _end(id, GONE)
            raise Problem(GONE)
        end = _write(id, offset, row.size, source)
        return _finish(row) if end == row.size else _count(row, end)


def end(id: str, device: str, why: str = GONE) -> None:
    """Forgets what came of a device's upload. Raises Problem not-found."""
    _found(id, device)
    _end(id, why)


def _is_named(connection: Connection, sha256: str | None, device: Any) -> bool:
    return bool(sha256) and naming.is_named_by(connection, sha256 or "", access.same_tablet(connection, device))


def _known(connection: Connection, device: Any, author: Author, sha256: str | None) -> bool:
    """Whether the bytes need not be sent: they are here, and this tablet may know it. From now on it counts as one that
    has them."""
    if sha256 is None or not access.knows(connection, sha256, device, author):
        return False
    if not finishing.is_kept(connection, sha256):
        return False
    finishing.own(connection, sha256, device.id)
    return True


def _begun(connection: Connection, device: str, sha256: str | None, size: int, sealed: bool) -> Any:
    if sha256 is None:
        return None
    mine = (Upload.device == device, Upload.sha256 == sha256, Upload.size == size, Upload.sealed.is_(sealed))
    query = select(Upload.__table__).where(*mine, Upload.ended.is_(None), Upload.expires_at > clock.now())
    return connection.execute(query.order_by(Upload.created_at.desc()).limit(1)).first()


def _prolong(connection: Connection, row: Any) -> State:
    later = {"expires_at": _expiry()}
    connection.execute(update(Upload).where(Upload.id == row.id).values(**later))
    return _state({**row._mapping, **later})


def _row(device: str, size: int, sha256: str | None, keep_exif: bool, sealed: bool) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": new_id(now), "device": device, "sha256": sha256, "size": size, "offset": 0,
        "keep_exif": keep_exif, "sealed": sealed, "created_at": now, "expires_at": _expiry(), "ended": None,
    }  # fmt: skip


def _expiry() -> int:
    return clock.now() + int(timedelta(days=settings().upload_days).total_seconds() * 1000)


def _state(row: Any) -> State:
    return State(row["id"], row["size"], row["offset"], row["expires_at"], row["ended"] == DONE)


def _found(id: str, device: str) -> Any:
    query = select(Upload.__table__).where(Upload.id == id, Upload.device == device)
    with reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise Problem("not-found")
    if row.ended in KINDS:
        raise Problem(row.ended)
    if row.ended is None and row.expires_at < clock.now():
        raise Problem(GONE)
    return row


@contextmanager
def _alone(id: str) -> Iterator[None]:
    """Who holds this writes to the upload and nobody else, on this machine; the database sees to the others."""
    handle = os.open(_part(id), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(id: str, offset: int, size: int, source: BinaryIO) -> int:
    """Returns where the bytes end that are now on disk. Raises Problem no-space, file-too-large."""
    with room.on_disk(), _part(id).open("r+b", buffering=0) as part:
        part.truncate(offset)  # what a killed process left behind did not count
        part.seek(offset)
        try:
            while piece := source.read(PIECE):
                room.check_disk(len(piece))
                if part.tell() + len(piece) > size:
                    raise Problem("file-too-large", limits={"bytes": size})
                _write_all(part, piece)
            os.fsync(part.fileno())
        except BaseException:
            part.truncate(offset)
            raise
        return part.tell()


def _write_all(part: FileIO, piece: bytes) -> None:
    """A disk that fills up takes a part of a piece, and says so at the next."""
    left = memoryview(piece)
    while left:
        left = left[part.write(left) :]


def _count(row: Any, end: int) -> State:
    mine = update(Upload).where(Upload.id == row.id, Upload.offset == row.offset, Upload.ended.is_(None))
    later = {"offset": end, "expires_at": _expiry()}
    with writing() as connection:
        if not connection.execute(mine.values(**later)).rowcount:
            raise Problem("wrong-offset")
    return _state({**row._mapping, **later})


def _finish(row: Any) -> State:
    try:
        finishing.finish(row, _part(row.id))
    except Problem as problem:
        if problem.code in LASTING:
            _end(row.id, problem.code)
            metrics.FILES.labels(outcome=problem.code).inc()
        raise
    _part(row.id).unlink(missing_ok=True)
    return _state({**row._mapping, "offset": row.size, "ended": DONE})


def _end(id: str, why: str) -> None:
    with writing() as connection:
        connection.execute(update(Upload).where(Upload.id == id, Upload.ended.is_(None)).values(ended=why))
    _part(id).unlink(missing_ok=True)


def _part(id: str) -> Path:
    return parts() / id
