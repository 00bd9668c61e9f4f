"""Proof of agreement: a tablet sends the digests of what it holds, and we compare them with the feeds' own.

A digest is compared only where the tablet's cursor stands at the feed's head, for only then must both be equal. A
mismatch marks the tablet as diverged until the next match, and sends it the feed again, once a day.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection, select, update

from server.clock import DAY_MS
from server.cursor import Cursor, Mark
from server.inbox import chunks
from server.models import Device, Feed

log = structlog.get_logger()

Digests = dict[str, dict[str, str]]


def compare(connection: Connection, device: Any, cursor: Cursor, held: Digests, now: int) -> Cursor:
    """The cursor to read on from: the tablet's own, or rewound in the feeds that differ.

    ``held``: feed → type → hex of the sum modulo 2²⁵⁶ of SHA-256("id:rev") over the records that the tablet holds.
    """
    ours = _ours(connection, [feed for feed in held if feed in cursor.marks])
    compared = {feed: sums for feed, (head, sums) in ours.items() if _is_at(cursor.marks[feed], head)}
    if not compared:
        return cursor
    differing = [feed for feed, sums in compared.items() if sums != _known(held[feed])]
    if not differing:
        _mark(connection, device.id, None)
        return cursor
    log.warning("device.diverged", device=device.id, feeds=len(differing))
    if device.diverged_at is not None and now - device.diverged_at < DAY_MS:
        return cursor
    _mark(connection, device.id, now)
    return replace(cursor, marks=cursor.marks | {feed: cursor.marks[feed].again() for feed in differing})


def _is_at(mark: Mark, head: int) -> bool:
    return mark.at >= head and mark.at >= mark.until


def _known(sums: dict[str, str]) -> dict[str, str]:
    """A tablet may send zeroes for types of which it holds nothing; we keep none."""
    return {name: value for name, value in sums.items() if value.strip("0")}


def _ours(connection: Connection, feeds: list[str]) -> dict[str, tuple[int, dict[str, str]]]:
    found: dict[str, tuple[int, dict[str, str]]] = {}
    for part in chunks(sorted(feeds)):
        for row in connection.execute(select(Feed.id, Feed.head, Feed.digests).where(Feed.id.in_(part))):
            found[row.id] = (row.head, orjson.loads(row.digests))
    return found


def _mark(connection: Connection, device: str, when: int | None) -> None:
    connection.execute(update(Device).where(Device.id == device).values(diverged_at=when))
