"""Who reads a blob: whoever reads a record that opens it, and the tablet that sent it.

A record opens the blob that it shows only if the tablet that wrote the hash into it has that blob: it sent the bytes
itself. Otherwise one who has heard of a hash could write it into a record of one's own and read what it stands for. So
a hash that is named by somebody who has not sent it is as unknown as one that nobody sent, here and in every answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from server import clock, closing, projections
from server.authors import Author
from server.blobs import naming
from server.blobs.store import kept
from server.blobs.tables import Blob, BlobNaming, BlobSender, Upload
from server.bulk import among
from server.db import reading
from server.models import Device, Placement
from server.reading.reach import Reach
from server.register import Stored


@dataclass(frozen=True, slots=True)
class Held:
    """A blob that is kept. ``content``: the SHA-256 of its bytes as they are kept; ``size``: how many they are."""

    sha256: str
    content: str
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the office sees of an attachment's file: ``held`` once it has come whole, else ``percent`` of what came."""

    held: Held | None
    percent: int = 0


def of_device(sha256: str, device: Any, author: Author) -> Held | None:
    """A blob that a tablet (its row) may read. Raises Closed after a restore, as for every reader."""
    with reading() as connection:
        if closing.is_closed(connection):
            raise closing.Closed
        held = _held(connection, [sha256]).get(sha256)
        if held is None or not knows(connection, sha256, device, author):
            return None
    return held if kept().has(held.content) else None


def knows(connection: Connection, sha256: str, device: Any, author: Author) -> bool:
    """Whether a tablet may know that a blob is here: it sent it, or reads a record that opens it."""
    same = same_tablet(connection, device)
    sent = select(BlobSender.device).where(BlobSender.sha256 == sha256, BlobSender.device.in_(same))
    if connection.scalar(sent.limit(1)):
        return True
    if author.revoked or not author.scope or closing.is_closed(connection):
        return False
    opening = sorted(opened(connection, [sha256])[sha256])
    placed = Placement.__table__.c
    near = select(placed.record).where(
        among(placed.record, opening), placed.gone.is_(False), placed.feed.in_(sorted(author.scope))
    )
    return bool(opening) and connection.scalar(near.limit(1)) is not None


def of_person(record: str, reach: Reach) -> Held | None:
    """The blob that an attachment within a person's reach shows, once it has come."""
    table = projections.table(naming.TYPE).c
    with reading() as connection:
        sha256 = connection.scalar(select(table.sha256).where(table.record == record))
        if not sha256 or not reach.sees(record, connection) or record not in opened(connection, [sha256])[sha256]:
            return None
        held = _held(connection, [sha256]).get(sha256)
    return held if held and kept().has(held.content) else None


def arrivals(attachments: Iterable[Stored]) -> dict[str, Arrival]:
    """Of attachments that somebody was shown: record → how far its file is."""
    named = {record.id: str(record.fields.get(naming.FIELD) or "") for record in attachments}
    hashes = sorted(set(named.values()))
    with reading() as connection:
        held, opening, coming = _held(connection, hashes), opened(connection, hashes), _coming(connection, named)
    return {
        record: Arrival(held.get(sha256) if record in opening[sha256] else None, coming.get(record, 0))
        for record, sha256 in named.items()
    }


def opened(connection: Connection, hashes: Sequence[str]) -> Mapping[str, set[str]]:
    """Hash → the living records that show it and were written by a tablet that has it."""
    table = projections.table(naming.TYPE).c
    shown = {
        (row.record, row.sha256)
        for row in connection.execute(select(table.record, table.sha256).where(among(table.sha256, hashes)))
    }
    sent: dict[str, set[str]] = defaultdict(set)
    query = select(BlobSender.sha256, Device.id, Device.public_key).join(Device, Device.id == BlobSender.device)
    for row in connection.execute(query.where(among(BlobSender.sha256, hashes))):
        sent[row.sha256] |= {row.id, row.public_key or row.id}
    named = select(BlobNaming.sha256, BlobNaming.record, Device.id, Device.public_key)
    named = named.join(Device, Device.id == BlobNaming.device).where(among(BlobNaming.sha256, hashes))
    found: dict[str, set[str]] = defaultdict(set)
    for sha256, record, *tablet in connection.execute(named):
        if (record, sha256) in shown and not sent[sha256].isdisjoint(tablet):
            found[sha256].add(record)
    return found


def same_tablet(connection: Connection, device: Any) -> list[str]:
    """The ids that a tablet (its row) has and had: its enrolments share a key."""
    if not device.public_key:
        return [device.id]
    query = select(Device.id).where(Device.kind == "tablet", Device.public_key == device.public_key)
    return [device.id, *connection.scalars(query)]


def _held(connection: Connection, hashes: Sequence[str]) -> dict[str, Held]:
    query = select(Blob.sha256, Blob.content, Blob.mime, Blob.kept).where(among(Blob.sha256, hashes))
    return {row.sha256: Held(*row) for row in connection.execute(query)}


def _coming(connection: Connection, named: Mapping[str, str]) -> dict[str, int]:
    """Record → per cent of its file that has come, by an upload of the tablet that wrote it."""
    fresh = (Upload.ended.is_(None), Upload.expires_at > clock.now())
    query = select(BlobNaming.record, Upload.size, Upload.offset, Upload.sha256).where(*fresh)
    query = query.join(BlobNaming, (BlobNaming.sha256 == Upload.sha256) & (BlobNaming.device == Upload.device))
    mine = among(Upload.sha256, sorted(set(named.values()))), among(BlobNaming.record, sorted(named))
    rows = connection.execute(query.where(*mine))
    return {row.record: row.offset * 100 // row.size for row in rows if named[row.record] == row.sha256}
