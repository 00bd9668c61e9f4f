"""What was left lying: uploads that nobody goes on with, blobs that nothing names any more, files without a row.

A blob is an orphan when neither a living record's op nor one that still waits for a decision names it. It is marked
then, and goes when it has been one for so many days: a deleted record may come back.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import ColumnElement, Connection, and_, delete, exists, not_, or_, select, update

from server import clock, memo
from server.blobs.finishing import DONE
from server.blobs.store import kept, parts, settings, sweeping, thumbnails
from server.blobs.tables import Blob, BlobNaming, BlobSender, Upload
from server.blobs.uploads import GONE
from server.bulk import among
from server.db import reading, writing
from server.inbox import chunks
from server.models import Op, Record

log = structlog.get_logger()
DAY = "blobs_swept"
REMEMBERED_MS = int(timedelta(days=30).total_seconds() * 1000)
"""How long an ended upload still says why."""
STALE_SECONDS = 86_400
WAITING, MERGED = ("received", "stored", "quarantined"), ("applied", "conflict")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many uploads and blobs went."""

    uploads: int
    blobs: int


def watch() -> None:
    """The chore: uploads each time, the rest once a day."""
    now = clock.now()
    if _is_new_day(now):
        sweep(now)
    else:
        expire(now)


def sweep(now: int) -> Swept:
    """Everything that is due at a moment (Unix ms)."""
    uploads = expire(now)
    _mark(now)
    blobs = _forget(now)
    _remove_unnamed(kept().keys())
    return Swept(uploads, blobs)


def expire(now: int) -> int:
    """Ends uploads that nobody goes on with, and removes what is left of those that ended. Returns how many ended."""
    with writing() as connection:
        over = update(Upload).where(Upload.ended.is_(None), Upload.expires_at < now).values(ended=GONE)
        count = connection.execute(over).rowcount
        connection.execute(delete(Upload).where(Upload.expires_at < now - REMEMBERED_MS))
    for path in parts().iterdir():
        if path.name != "lock" and _is_stale(path, now):
            path.unlink(missing_ok=True)
    return count


def _is_stale(path: Path, now: int) -> bool:
    """Whether a part's upload has ended; of other files, whether they are of yesterday."""
    with reading() as connection:
        row = connection.execute(select(Upload.ended).where(Upload.id == path.name)).first()
    if row is not None:
        return row.ended is not None
    with suppress(FileNotFoundError):  # it was of an upload that is whole by now
        return path.stat().st_mtime < now / 1000 - STALE_SECONDS
    return False


def _is_new_day(now: int) -> bool:
    today = clock.local_day(now)
    with reading() as connection:
        if memo.get(connection, DAY) == today:
            return False
    with writing() as connection:
        memo.put(connection, DAY, today)
    return True


def _is_named() -> ColumnElement[bool]:
    """A condition on blobs."""
    alive = and_(Op.state.in_(MERGED), Record.deleted.is_(False))
    named = select(1).select_from(BlobNaming).join(Op, Op.n == BlobNaming.n)
    named = named.join(Record, Record.id == BlobNaming.record, isouter=True)
    return exists(named.where(BlobNaming.sha256 == Blob.sha256, or_(Op.state.in_(WAITING), alive)))


def _mark(now: int) -> None:
    with writing() as connection:
        back = update(Blob).where(Blob.orphan_since.is_not(None), _is_named())
        connection.execute(back.values(orphan_since=None))
        fresh = update(Blob).where(Blob.orphan_since.is_(None), not_(_is_named()))
        connection.execute(fresh.values(orphan_since=now))


def _forget(now: int) -> int:
    """Takes orphans whose time has come out of the database; their files are without a row then."""
    then = now - int(timedelta(days=settings().orphan_days).total_seconds() * 1000)
    with writing() as connection:
        over = list(connection.scalars(select(Blob.sha256).where(Blob.orphan_since < then, not_(_is_named()))))
        for part in chunks(over):
            connection.execute(delete(BlobSender).where(BlobSender.sha256.in_(part)))
            connection.execute(delete(Upload).where(Upload.sha256.in_(part), Upload.ended == DONE))
            connection.execute(delete(Blob).where(Blob.sha256.in_(part)))
    if over:
        log.info("blobs.swept", count=len(over))
    return len(over)


def _remove_unnamed(keys: Iterable[str]) -> None:
    for part in chunks(list(keys)):
        with reading() as connection:
            candidates = set(part) - _named(connection, part)
        for key in sorted(candidates):
            with sweeping():
                with reading() as connection:
                    is_free = not _named(connection, [key])
                if is_free:
                    kept().delete(key)
                    thumbnails().delete(key)


def _named(connection: Connection, keys: Iterable[str]) -> set[str]:
    return set(connection.scalars(select(Blob.content).where(among(Blob.content, list(keys)))))
