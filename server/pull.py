"""The reading side of feeds: a page of changes after a cursor, in one short read.

The stored JSON of a record goes out as it lies; around it come its id, rev and those of its feeds that the reader may
know of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import orjson
from flask import current_app
from sqlalchemy import Connection, LargeBinary, cast, func, select

from schemas import registry, versions
from server import audit, closing, epoch, restoring
from server import cursor as cursors
from server.bulk import among
from server.closing import Closed
from server.cursor import LEAVING, Cursor, Mark, caught_up
from server.db import is_sqlite, reading, writing
from server.keys import Keys
from server.models import Feed, Placement, Record

FIRST = "reference"
_FEED, _PLACEMENT = Feed.__table__.c, Placement.__table__.c
_HEADS = select(_FEED.id, _FEED.head)
_PLACES = select(_PLACEMENT.record, _PLACEMENT.feed).where(_PLACEMENT.gone.is_(False))


class OtherEpoch(Exception):
    """The cursor belongs to another life of the database: the reader must start afresh."""


class TooOld(Exception):
    """The tablet reads in a schema that is no longer answered: it must be updated first. It may still push."""


class Line(NamedTuple):
    """One change as it goes out. ``since``: the cursor when reading of its feed began; ``mark``: that feed's mark.
    ``family``: its id, when it is one and comes whole."""

    json: bytes
    since: Cursor
    feed: str
    mark: Mark
    position: int
    family: str | None = None

    @property
    def cursor(self) -> Cursor:
        """The cursor after it."""
        return self.since.moved(self.feed, self.mark._replace(at=self.position))


@dataclass(frozen=True, slots=True)
class Page:
    """``lines`` in order; ``cursor`` after the last; ``more``: whether the scope has further changes now."""

    lines: list[Line]
    cursor: Cursor
    more: bool

    def note(self, device: str) -> None:
        """Into the audit: what this tablet reads, each family by its id."""
        if self.lines:
            families = [line.family for line in self.lines if line.family]
            audit.record("read", who=device, records=len(self.lines), families=families)

    def text(self, keys: Keys) -> str:
        """The cursor as the tablet keeps it."""
        return cursors.write(self.cursor, keys)


def begin(text: str | None, device: str, schema: int | None = None) -> Cursor:
    """The cursor to read from: the device's own, or a new one. ``schema``: in which it reads (None: as before).

    Raises BadCursor, OtherEpoch, Closed, TooOld.
    """
    keys = current_app.extensions["vyezd.keys"]
    with reading() as connection:
        now = epoch.of(connection)
        if closing.is_closed(connection):
            raise Closed
        own = cursors.read(text, device, keys) if text is not None else None
        ahead = own is not None and own.epoch == now and _is_ahead(connection, own)
    if ahead:
        with writing() as connection:
            restoring.notice_unannounced(connection, now)
    if own is not None and (ahead or own.epoch != now):
        raise OtherEpoch(own.epoch)
    return _in_schema(own, Cursor(device, now, registry.VERSION, registry.VERSION), schema)


def _in_schema(own: Cursor | None, fresh: Cursor, schema: int | None) -> Cursor:
    """A change of either side's schema begins the scope anew, for a tablet that has it already."""
    wanted = min(schema or (own.schema if own else registry.VERSION), registry.VERSION)
    if wanted < versions.oldest():
        raise TooOld(wanted)
    if own is None:
        return replace(fresh, schema=wanted)
    if (own.schema, own.served) == (wanted, registry.VERSION):
        return own
    return replace(fresh, schema=wanted, marks={feed: mark.leave() for feed, mark in own.marks.items()})


def _is_ahead(connection: Connection, cursor: Cursor) -> bool:
    """Whether a cursor that we signed has read past the head of a feed: the database was set back without a word."""
    heads = _heads(connection, frozenset(cursor.marks))
    return any(mark.at > heads.get(feed, 0) for feed, mark in cursor.marks.items())


def page(scope: frozenset[str], cursor: Cursor, limit: int) -> Page:
    """Up to ``limit`` changes after a cursor: first what is gone with feeds that left the scope, then the scope's
    own."""
    lines: list[Line] = []
    with reading() as connection:
        for feed in sorted(cursor.marks.keys() - scope):
            cursor = _leave(connection, feed, cursor, scope, lines, limit)
        heads = _heads(connection, scope)
        for feed in sorted(heads, key=lambda feed: (feed != FIRST, feed)):
            cursor = _advance(connection, feed, heads[feed], cursor, scope, lines, limit)
    behind = any(cursor.marks.get(feed, Mark()).at < head for feed, head in heads.items())
    return Page(lines, cursor, behind or not cursor.marks.keys() <= scope)


def left(scope: frozenset[str], cursor: Cursor) -> int:
    """How many changes of the scope lie after a cursor: of the feed that is under way, and of those not begun."""
    behind: dict[int, list[str]] = defaultdict(list)
    count = 0
    with reading() as connection:
        for feed, head in _heads(connection, scope).items():
            if (at := cursor.marks.get(feed, Mark()).at) < head:
                behind[at].append(feed)
        for at, feeds in behind.items():
            query = select(func.count()).select_from(Placement.__table__)
            beyond = query.where(among(_PLACEMENT.feed, sorted(feeds)), _PLACEMENT.position > at)
            count += int(connection.scalar(beyond) or 0)
    return count


def _advance(
    connection: Connection, feed: str, head: int, cursor: Cursor, scope: frozenset[str], lines: list[Line], limit: int
) -> Cursor:
    """Reads one feed on, as far as the page has room. Returns the cursor after it."""
    mark, room = cursor.marks.get(feed, Mark()), limit - len(lines)
    if room <= 0 or (mark.at >= head and mark.until != LEAVING):
        return cursor
    mark = mark.begin(head)
    rows = _rows(connection, feed, mark.at, room)
    for json, position, family in _render(connection, feed, rows, mark, scope, cursor.schema):
        lines.append(Line(json, cursor, feed, mark, position, family))
    last = rows[-1].position if rows else 0
    return cursor.moved(feed, mark._replace(at=last) if len(rows) == room else caught_up(max(head, last)))


def _leave(
    connection: Connection, feed: str, cursor: Cursor, scope: frozenset[str], lines: list[Line], limit: int
) -> Cursor:
    """Tells what is gone with a feed that left the scope: the records that the tablet had and no other feed brings."""
    mark, room = cursor.marks[feed].leave(), limit - len(lines)
    if room <= 0:
        return cursor
    rows = _rows(connection, feed, mark.at, room)
    brought = _other_feeds(connection, feed, rows)
    for row in rows:
        if mark.leaves_with(orjson.loads(row.stays)) and not brought.get(row.id, set()) & scope:
            lines.append(Line(_gone(row), cursor, feed, mark, row.position))
    return cursor.moved(feed, mark._replace(at=rows[-1].position) if len(rows) == room else None)


def _heads(connection: Connection, scope: frozenset[str]) -> dict[str, int]:
    return {row.id: row.head for row in connection.execute(_HEADS.where(among(_FEED.id, sorted(scope))))}


def _rows(connection: Connection, feed: str, after: int, limit: int) -> list[Any]:
    body = cast(Record.body, LargeBinary).label("body") if is_sqlite(connection) else Record.body  # undecoded
    query = (
        select(
            Placement.position, Placement.stays, Placement.gone,
            Record.id, Record.type, Record.rev, Record.at, Record.deleted, body,
        )
        .join(Record, Record.id == Placement.record)
        .where(Placement.feed == feed, Placement.position > after)
        .order_by(Placement.position)
        .limit(limit)
    )  # fmt: skip
    return list(connection.execute(query).all())


def _render(
    connection: Connection, feed: str, rows: list[Any], mark: Mark, scope: frozenset[str], schema: int
) -> Iterator[tuple[bytes, int, str | None]]:
    """The changes for this reader, each with its position, and its id when it is a family that comes whole."""
    others = _other_feeds(connection, feed, rows)
    here = _feeds_json([feed])
    for row in rows:
        json: bytes | None
        family = None
        mine = others.get(row.id, set()) & scope if others else ()
        if (mine or not row.gone) and not row.deleted:
            json = _change(row, _feeds_json([*mine] if row.gone else [feed, *mine]) if mine else here, schema)
            family = row.id if row.type == "family" else None
        else:
            json = _gone(row) if mark.had(orjson.loads(row.stays), row.position) else None
        if json:
            yield json, row.position, family


def _other_feeds(connection: Connection, feed: str, rows: list[Any]) -> dict[str, set[str]]:
    """id → the feeds besides this one in which these records sit, of the few that sit in several."""
    feeds: dict[str, set[str]] = defaultdict(set)
    elsewhere = _PLACES.where(among(_PLACEMENT.record, [row.id for row in rows]), _PLACEMENT.feed != feed)
    for id, other in connection.execute(elsewhere):
        feeds[id].add(other)
    return feeds


def _feeds_json(feeds: list[str]) -> str:
    return orjson.dumps(sorted(feeds)).decode()


def _gone(row: Any) -> bytes:
    return orjson.dumps({"type": row.type, "id": row.id, "gone": True})


def _change(row: Any, feeds: str, schema: int) -> bytes | None:
    """A record as it lies; only an older tablet has it brought back to its schema, and None for a type it does not
    know. ``feeds``: JSON. Nothing of the head is a text that would have to be escaped."""
    body = row.body if schema == registry.VERSION else _back(row, schema)
    if body is None:
        return None
    head = f'{{"type":"{row.type}","id":"{row.id}","rev":{row.rev},"at":"{row.at}","feeds":{feeds},'
    return head.encode() + (body if isinstance(body, bytes) else body.encode())[1:]


def _back(row: Any, schema: int) -> bytes | None:
    body = orjson.loads(row.body)
    fields = versions.back(row.type, body["fields"], schema)
    if fields is None:
        return None
    lost = body["fields"].keys() - fields.keys()
    disputed = {name: value for name, value in body.get("disputed", {}).items() if name not in lost}
    incomplete = [name for name in body.get("incomplete", []) if name not in lost]
    warnings = {name: codes for name, codes in body.get("warnings", {}).items() if name not in lost}
    parts = {"disputed": disputed, "incomplete": incomplete, "warnings": warnings}
    return orjson.dumps({"fields": fields} | {name: value for name, value in parts.items() if value})
