"""Is there room: for one file, for one tablet's files, for all of them, on the disk."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, select

from server.blobs.store import parts, settings
from server.blobs.tables import Blob, BlobSender, Upload
from server.problems import Problem

MIB = 1 << 20
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def largest() -> int:
    """The most bytes that one file may have."""
    return settings().file_mib * MIB


def check_file(size: int) -> None:
    """Raises Problem empty-file, file-too-large."""
    if size <= 0:
        raise Problem("empty-file")
    if size > largest():
        raise Problem("file-too-large", limits={"bytes": largest()})


def check(connection: Connection, device: str, size: int) -> None:
    """Raises Problem over-quota, no-space when a device's further file of so many bytes would not fit."""
    chosen = settings()
    if _sent(connection, device) + size > chosen.tablet_mib * MIB:
        raise Problem("over-quota", limits={"bytes": chosen.tablet_mib * MIB})
    coming = _coming(connection)
    if chosen.store_mib and _all_kept(connection) + coming + size > chosen.store_mib * MIB:
        raise Problem("no-space")
    check_disk(coming + size)


def check_disk(size: int) -> None:
    """Raises Problem no-space when so many more bytes would leave less than the reserve, which the database needs."""
    if shutil.disk_usage(parts()).free - size < settings().reserve_mib * MIB:
        raise Problem("no-space")


@contextmanager
def on_disk() -> Iterator[None]:
    """Raises Problem no-space where the disk, or what is allowed of it, is full in the middle."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise Problem("no-space") from error


def _sent(connection: Connection, device: str) -> int:
    """Bytes of what a device has sent and begun."""
    whole = select(func.sum(Blob.size)).join(BlobSender, BlobSender.sha256 == Blob.sha256)
    begun = select(func.sum(Upload.size)).where(Upload.device == device, Upload.ended.is_(None))
    found = connection.scalar(whole.where(BlobSender.device == device))
    return int(found or 0) + int(connection.scalar(begun) or 0)


def _coming(connection: Connection) -> int:
    """Bytes that uploads under way will still bring."""
    return int(connection.scalar(select(func.sum(Upload.size - Upload.offset)).where(Upload.ended.is_(None))) or 0)


def _all_kept(connection: Connection) -> int:
    once = select(Blob.content, func.max(Blob.kept).label("kept")).group_by(Blob.content).subquery()
    return int(connection.scalar(select(func.sum(once.c.kept))) or 0)
