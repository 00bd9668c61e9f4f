"""Forked devices: a tablet that was cloned, or restored from an old copy, numbers new ops with seqs that were used
before.

From then on the device's ops see, and are seen, through `base` alone; what collides stands as a candidate. Every
answer asks the tablet to enrol anew (``reenrol``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import structlog
from sqlalchemy import Connection, func, select, update

from server.authors import Author
from server.bulk import among
from server.inbox import Entry
from server.models import Device, Op

log = structlog.get_logger()
_OP = Op.__table__.c
_TWICE = select(_OP.seq).group_by(_OP.seq).having(func.count(_OP.op.distinct()) > 1).limit(1)


def note(connection: Connection, author: Author, entries: Iterable[Entry]) -> Author:
    """The author of these entries, marked as forked when one of their seqs belongs to another op already."""
    seqs = sorted({entry.head.seq for entry in entries if entry.head is not None})
    if author.office or author.forked or not _collide(connection, author.device, seqs):
        return author
    connection.execute(update(Device).where(Device.id == author.device).values(forked=True))
    log.warning("device.forked", device=author.device)
    return replace(author, forked=True)


def _collide(connection: Connection, device: str, seqs: list[int]) -> bool:
    return connection.scalar(_TWICE.where(_OP.device == device, among(_OP.seq, seqs))) is not None
