"""Feeds: every change gets the next position of each feed its record sits in; a tablet reads on from its cursor.

Positions are handed out under a lock on the feed's row that is held until commit, so a reader that has seen position
p will never find a smaller one later. A record has one row a feed, and its row moves to the head with each change: a
page holds each record once, as it is now. The reading side is in pull.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, select

from schemas.digest import record_digest
from server import bulk
from server.bulk import among
from server.db import is_sqlite
from server.models import Feed, Placement
from server.register import Held, Register, Stays

Locked = dict[str, Any]
Row = tuple[Any, ...]
_SUM = 1 << 256
_FEEDS = select(Feed.__table__).order_by(Feed.__table__.c.id)


class NotLocked(Exception):
    """These feeds are needed and were not locked: the transaction starts again with them."""

    def __init__(self, feeds: set[str]) -> None:
        super().__init__(f"{len(feeds)} more feeds are needed")
        self.feeds = feeds


def lock(connection: Connection, feeds: Iterable[str]) -> Locked:
    """Locks the rows of these feeds, sorted, making those that are new. Returns feed → row (id, head, digests)."""
    wanted = sorted(set(feeds))
    if not wanted:
        return {}
    new = [(feed, 0, "{}") for feed in wanted]
    bulk.insert_new(connection, Feed.__table__, ("id", "head", "digests"), new, keys=("id",))
    query = _FEEDS.where(among(Feed.__table__.c.id, wanted))
    if not is_sqlite(connection):
        query = query.with_for_update()
    return {row.id: row for row in connection.execute(query)}


def publish(connection: Connection, locked: Locked, register: Register) -> None:
    """Gives everything that changed or moved its new positions. Raises NotLocked when a feed was not locked."""
    touched: dict[str, list[Held]] = defaultdict(list)
    for held in register.held.values():
        if held.dirty or held.feeds != held.feeds_before:
            for name in held.feeds | held.feeds_before:
                touched[name].append(held)
    if missing := touched.keys() - locked.keys():
        raise NotLocked(missing)
    rows: list[Row] = []
    heads: list[Row] = []
    for name, inside in sorted(touched.items(), key=itemgetter(0)):
        rows += _placements(name, locked[name].head, inside)
        heads.append((locked[name].head + len(inside), _sums(locked[name], inside), name))
    _store(connection, rows, heads)


def _placements(feed: str, head: int, inside: list[Held]) -> list[Row]:
    return [
        (feed, held.id, position, orjson.dumps(_stays(feed, position, held)).decode(), feed not in held.feeds)
        for position, held in enumerate(inside, head + 1)
    ]


def _stays(feed: str, position: int, held: Held) -> Stays:
    """The stays of a record in a feed after its change at a position."""
    stays = held.stays.get(feed, [])
    is_there = feed in held.feeds and not held.deleted
    was_there = bool(stays) and stays[-1][1] is None
    if is_there and not was_there:
        return [*stays, [position, None]]
    if was_there and not is_there:
        return [*stays[:-1], [stays[-1][0], position]]
    return stays


def _sums(row: Any, inside: list[Held]) -> str:
    """The feed's digests after these changes: type → hex of the sum modulo 2²⁵⁶."""
    sums = {name: int(value, 16) for name, value in orjson.loads(row.digests).items()}
    for held in inside:
        was = record_digest(held.id, held.rev_before) if row.id in held.feeds_before and not held.deleted_before else 0
        now = record_digest(held.id, held.rev) if row.id in held.feeds and not held.deleted else 0
        sums[held.type] = (sums.get(held.type, 0) + now - was) % _SUM
    return orjson.dumps({name: f"{value:064x}" for name, value in sums.items() if value}).decode()


def _store(connection: Connection, rows: list[Row], heads: list[Row]) -> None:
    moving = ("position", "stays", "gone")
    keys = ("feed", "record")
    bulk.put(connection, Placement.__table__, (*keys, *moving), rows, keys, moving)
    bulk.update(connection, Feed.__table__, ("head", "digests", "id"), heads)
