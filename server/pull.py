"""The reading side of feeds: a page of changes after a cursor, in one short read.

The stored JSON of a record goes out as it lies; around it come its id, rev and those of its feeds that the reader may
know of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import Connection, select

from schemas import registry
from server import cursor as cursors
from server import epoch
from server.cursor import Cursor, Mark
from server.db import reading
from server.inbox import chunks
from server.keys import Keys
from server.models import Feed, Placement, Record

FIRST = "reference"


class OtherEpoch(Exception):
    """The cursor belongs to another life of the database: the reader must start afresh."""


@dataclass(frozen=True, slots=True)
class Line:
    """One change as it goes out, and the cursor after it."""

    json: bytes
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Page:
    """``lines`` in order; ``cursor`` after the last; ``more``: whether the scope has further changes now."""

    lines: list[Line]
    cursor: Cursor
    more: bool

    def text(self, keys: Keys) -> str:
        """The cursor as the tablet keeps it."""
        return cursors.write(self.cursor, keys)


def begin(text: str | None, scope: frozenset[str], connection: Connection) -> Cursor:
    """The cursor to read from: the tablet's own, cut to its scope, or a new one. Raises BadCursor, OtherEpoch."""
    now = epoch.of(connection)
    if text is None:
        return Cursor(now, registry.VERSION)
    cursor = cursors.read(text, current_app.extensions["vyezd.keys"])
    if cursor.epoch != now:
        raise OtherEpoch(cursor.epoch)
    if cursor.schema != registry.VERSION:
        return Cursor(now, registry.VERSION)
    return cursor.cut(scope)


def page(scope: frozenset[str], text: str | None, limit: int) -> Page:
    """Up to ``limit`` changes after a cursor. Raises BadCursor, OtherEpoch."""
    with reading() as connection:
        cursor = begin(text, scope, connection)
        heads = _heads(connection, scope)
        lines: list[Line] = []
        for feed in sorted(heads, key=lambda feed: (feed != FIRST, feed)):
            rest = limit - len(lines)
            mark = cursor.marks.get(feed, Mark())
            if mark.at >= heads[feed]:
                continue
            if rest <= 0:
                return Page(lines, cursor, True)
            mark = mark.begin(heads[feed])
            rows = _rows(connection, feed, mark.at, rest)
            for json, after in _render(connection, rows, mark, scope):
                cursor = Cursor(cursor.epoch, cursor.schema, cursor.marks | {feed: after})
                if json:
                    lines.append(Line(json, cursor))
            if len(rows) < rest:
                done = max(heads[feed], cursor.marks.get(feed, mark).at)
                cursor = Cursor(cursor.epoch, cursor.schema, cursor.marks | {feed: Mark(done, done, done)})
        behind = any(cursor.marks.get(feed, Mark()).at < head for feed, head in heads.items())
        return Page(lines, cursor, behind)


def _heads(connection: Connection, scope: frozenset[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in chunks(sorted(scope)):
        found |= {row.id: row.head for row in connection.execute(select(Feed.id, Feed.head).where(Feed.id.in_(part)))}
    return found


def _rows(connection: Connection, feed: str, after: int, limit: int) -> list[Any]:
    query = (
        select(
            Placement.position, Placement.entered, Placement.gone,
            Record.id, Record.type, Record.rev, Record.at, Record.deleted, Record.body,
        )
        .join(Record, Record.id == Placement.record)
        .where(Placement.feed == feed, Placement.position > after)
        .order_by(Placement.position)
        .limit(limit)
    )  # fmt: skip
    return list(connection.execute(query))


def _render(
    connection: Connection, rows: list[Any], mark: Mark, scope: frozenset[str]
) -> Iterator[tuple[bytes | None, Mark]]:
    """Each row's change (None: not for this reader) with the mark after it."""
    feeds = _feeds(connection, [row.id for row in rows])
    for row in rows:
        json: bytes | None
        mine = feeds[row.id] & scope
        if mine and not row.deleted:
            json = _change(row, sorted(mine))
        elif mark.had(row.entered, row.position):
            json = orjson.dumps({"type": row.type, "id": row.id, "gone": True})
        else:
            json = None
        yield json, mark._replace(at=row.position)


def _feeds(connection: Connection, ids: list[str]) -> dict[str, set[str]]:
    feeds: dict[str, set[str]] = defaultdict(set)
    for part in chunks(ids):
        query = select(Placement.record, Placement.feed).where(Placement.record.in_(part), Placement.gone.is_(False))
        for row in connection.execute(query):
            feeds[row.record].add(row.feed)
    return feeds


def _change(row: Any, feeds: list[str]) -> bytes:
    head = orjson.dumps({"type": row.type, "id": row.id, "rev": row.rev, "at": row.at, "feeds": feeds})
    return head[:-1] + b"," + row.body.encode()[1:]
