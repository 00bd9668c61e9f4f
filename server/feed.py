"""Feeds: every change gets the next position of each feed its record sits in; a tablet reads on from its cursor.

Positions are handed out under a lock on the feed's row that is held until commit, so a reader that has seen position
p will never find a smaller one later. A record has one row a feed, and its row moves to the head with each change: a
page holds each record once, as it is now. The reading side is in pull.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from schemas.digest import record_digest
from server.db import is_sqlite
from server.models import Feed, Placement
from server.register import Held, Register, Stays

Locked = dict[str, Any]
_SUM = 1 << 256
_PUBLISH = update(Feed).where(Feed.id == bindparam("feed")).values(head=bindparam("at"), digests=bindparam("sums"))


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
    insert = (sqlite if is_sqlite(connection) else postgresql).insert(Feed)
    rows = [{"id": feed, "head": 0, "digests": "{}"} for feed in wanted]
    connection.execute(insert.on_conflict_do_nothing(index_elements=["id"]), rows)
    query = select(Feed.id, Feed.head, Feed.digests).where(Feed.id.in_(wanted)).order_by(Feed.id)
    if not is_sqlite(connection):
        query = query.with_for_update()
    return {row.id: row for row in connection.execute(query)}


def publish(connection: Connection, locked: Locked, register: Register) -> None:
    """Gives everything that changed or moved its new positions. Raises NotLocked when a feed was not locked."""
    touched = [held for held in register.held.values() if held.dirty or held.feeds != held.feeds_before]
    needed = {feed for held in touched for feed in held.feeds | held.feeds_before}
    if missing := needed - locked.keys():
        raise NotLocked(missing)
    rows: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    for name in sorted(needed):
        inside = [held for held in touched if name in held.feeds | held.feeds_before]
        rows += _placements(name, locked[name].head, inside)
        heads.append({"feed": name, "at": locked[name].head + len(inside), "sums": _sums(locked[name], inside)})
    _store(connection, rows, heads)


def _placements(feed: str, head: int, inside: list[Held]) -> list[dict[str, Any]]:
    return [
        {
            "feed": feed,
            "record": held.id,
            "position": position,
            "stays": orjson.dumps(_stays(feed, position, held)).decode(),
            "gone": feed not in held.feeds,
        }
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


def _store(connection: Connection, rows: list[dict[str, Any]], heads: list[dict[str, Any]]) -> None:
    if not rows:
        return
    insert = (sqlite if is_sqlite(connection) else postgresql).insert(Placement)
    columns = ("position", "stays", "gone")
    fresh = {name: insert.excluded[name] for name in columns}
    connection.execute(insert.on_conflict_do_update(index_elements=["feed", "record"], set_=fresh), rows)
    connection.execute(_PUBLISH, heads)
