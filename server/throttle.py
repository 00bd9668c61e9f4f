"""Throttles for sign-in and enrolment, in the database, because workers share nothing else.

A try is counted before it is looked at, in a transaction of its own, so that no two workers let one too many pass. Keys
are kept as keyed digests. A bucket is full when it has as many tries as it takes within its window; who succeeds gets
the try back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server import clock
from server.db import is_sqlite, writing
from server.models import Throttle

WINDOW_MS = 15 * 60 * 1000


class TooMany(Exception):
    """Too many tries. ``seconds``: after how many the next one is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Bucket:
    """``key``: what is counted together; ``most``: how many tries it takes. ``own``: a success empties it."""

    key: str
    most: int
    own: bool = False

    @property
    def digest(self) -> str:
        """The key as it is kept."""
        return str(current_app.extensions["vyezd.keys"].mac("throttle", self.key.encode()).hex())


def begin(buckets: Sequence[Bucket]) -> None:
    """Counts a try in each of these. Raises TooMany when one is full: then nothing is counted."""
    now = clock.now()
    ordered = sorted(buckets, key=lambda bucket: bucket.digest)
    with writing() as connection:
        connection.execute(delete(Throttle).where(Throttle.until <= now))
        for bucket in ordered:
            _count(connection, bucket, now)


def _count(connection: Connection, bucket: Bucket, now: int) -> None:
    insert = (sqlite if is_sqlite(connection) else postgresql).insert(Throttle)
    row = {"key": bucket.digest, "tries": 1, "until": now + WINDOW_MS}
    counted = insert.on_conflict_do_update(index_elements=["key"], set_={"tries": Throttle.tries + 1})
    connection.execute(counted, row)
    kept = connection.execute(select(Throttle.tries, Throttle.until).where(Throttle.key == bucket.digest)).one()
    if kept.tries > bucket.most:
        raise TooMany(max(1, (kept.until - now) // 1000))


def forgive(buckets: Sequence[Bucket]) -> None:
    """Takes back the try of who succeeded."""
    own = [bucket.digest for bucket in buckets if bucket.own]
    shared = [bucket.digest for bucket in buckets if not bucket.own]
    less = case((Throttle.tries > 0, Throttle.tries - 1), else_=0)
    with writing() as connection:
        connection.execute(delete(Throttle).where(Throttle.key.in_(own)))
        connection.execute(update(Throttle).where(Throttle.key.in_(shared)).values(tries=less))
