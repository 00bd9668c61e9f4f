"""Forked devices: a tablet that was cloned, or restored from an old copy, numbers new ops with seqs that were used
before.

From then on the device's ops see, and are seen, through `base` alone; what collides stands as a candidate. Every
answer asks the tablet to enrol anew (``reenrol``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import structlog
from sqlalchemy import Connection, select, update

from server.authors import Author
from server.inbox import Entry, chunks
from server.models import Device, Op

log = structlog.get_logger()


def note(connection: Connection, author: Author, entries: Iterable[Entry]) -> Author:
    """The author of these entries, marked as forked when one of their seqs belongs to another op already."""
    seqs = sorted({entry.head.seq for entry in entries if entry.head is not None})
    if author.office or author.forked or not _collide(connection, author.device, seqs):
        return author
    connection.execute(update(Device).where(Device.id == author.device).values(forked=True))
    log.warning("device.forked", device=author.device)
    return replace(author, forked=True)


def _collide(connection: Connection, device: str, seqs: list[int]) -> bool:
    ops: dict[int, set[str]] = defaultdict(set)
    for part in chunks(seqs):
        query = select(Op.seq, Op.op).where(Op.device == device, Op.seq.in_(part))
        for row in connection.execute(query):
            ops[row.seq].add(row.op)
    return any(len(ids) > 1 for ids in ops.values())
