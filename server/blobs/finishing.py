"""The end of an upload: is it what its sender said, is it of a kind that is taken, and what of it is kept.

Everything is on disk before the one transaction that says so. A process that is killed before it leaves an upload that
lacks its last chunk, and at most a file that nobody names yet, which the next try writes again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pyrage
import structlog
from sqlalchemy import Connection, select, update

from server import audit, bulk, clock, metrics, sealed
from server.blobs import cleaning, content, room, store, thumbs
from server.blobs.tables import Blob, BlobSender, Upload
from server.db import reading, writing
from server.problems import Problem

log = structlog.get_logger()
DONE = "done"
_BLOB = ("sha256", "content", "mime", "size", "kept", "received_at")


def finish(upload: Any, part: Path) -> None:
    """Takes a whole file in, which may be sealed. Raises Problem unreadable-seal, wrong-hash, empty-file, unfit-type,
    damaged-file: then nothing of it is kept; no-space."""
    with _opened(part) if upload.sealed else nullcontext(part) as file:
        _take_in(upload, file)


@contextmanager
def _opened(part: Path) -> Iterator[Path]:
    """A sealed file as it was before, for a moment."""
    file = part.with_suffix(".opened")
    try:
        data = sealed.open_bytes(part.read_bytes())
    except pyrage.DecryptError as error:
        raise Problem("unreadable-seal") from error
    try:
        with room.on_disk():
            file.write_bytes(data)
        yield file
    finally:
        file.unlink(missing_ok=True)


def _take_in(upload: Any, file: Path) -> None:
    sha256 = digest(file)
    if upload.sha256 not in (None, sha256):
        raise Problem("wrong-hash", sha256=sha256)
    found = content.examine(file)
    data = file.read_bytes()
    if not upload.keep_exif:
        data = _cleaned(data, found.mime)
    with store.not_swept():
        _keep(upload, sha256, file.stat().st_size, found, data)
    audit.record("upload", who=upload.device, subject=sha256, mime=found.mime, bytes=upload.size)
    metrics.FILES.labels(outcome=DONE).inc()
    log.info("blob.received", device=upload.device, mime=found.mime, bytes=upload.size, kept=len(data))


def _keep(upload: Any, sha256: str, size: int, found: content.Content, data: bytes) -> None:
    """Onto the disk, then into the database. What was kept before under this name stays as it is."""
    with reading() as connection:
        is_new = not is_kept(connection, sha256)
    key = hashlib.sha256(data).hexdigest()
    if is_new:
        with room.on_disk():
            store.kept().put(key, io.BytesIO(data))
            thumbs.keep(key, found.thumbnail)
    with writing() as connection:
        if is_new:
            row = (sha256, key, found.mime, size, len(data), clock.now())
            bulk.put(connection, Blob.__table__, _BLOB, [row], keys=_BLOB[:1], fresh=_BLOB[1:])
        own(connection, sha256, upload.device)
        mine = update(Upload).where(Upload.id == upload.id)
        connection.execute(mine.values(offset=upload.size, sha256=sha256, ended=DONE))


def own(connection: Connection, sha256: str, device: str) -> None:
    """Notes that a device has a blob, which may lie for as long again until something names it."""
    row = (sha256, device, clock.now())
    bulk.insert_new(connection, BlobSender.__table__, ("sha256", "device", "at"), [row], keys=("sha256", "device"))
    orphan = update(Blob).where(Blob.sha256 == sha256, Blob.orphan_since.is_not(None))
    connection.execute(orphan.values(orphan_since=None))


def is_kept(connection: Connection, sha256: str) -> bool:
    """Whether a blob is known and its bytes are there."""
    key = connection.scalar(select(Blob.content).where(Blob.sha256 == sha256))
    return key is not None and store.kept().has(key)


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    summed = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(store.PIECE):
            summed.update(piece)
    return summed.hexdigest()


def _cleaned(data: bytes, mime: str) -> bytes:
    try:
        return cleaning.clean(data, mime)
    except ValueError as error:
        raise Problem("damaged-file") from error
