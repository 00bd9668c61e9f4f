"""A database's life: made, migrated, its projections brought in step, what was left unprocessed taken up again.

Views are dropped before a migration and made anew after it: SQLite's batch migrations fail while a view depends on a
table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, select

from schemas import registry
from server import (
    clock,
    closing,
    devices,
    epoch,
    inbox,
    intake,
    memo,
    overdue,
    projections,
    remerge,
    search,
    standing,
)
from server.db import db, reading, writing
from server.models import Op

MIGRATIONS = Path(__file__).parent / "migrations"
REPLAY_BATCH = 500
SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class Prepared:
    """``records``: how many went into new projections, None when the old ones were current. ``replayed``: ops
    processed."""

    epoch: str
    records: int | None
    replayed: int


def init_app(app: Flask) -> None:
    """Makes Flask-Migrate know our migrations."""
    flask_migrate.Migrate(app, db, directory=str(MIGRATIONS))


def prepare(progress: Callable[[int], Any] = lambda _: None) -> Prepared:
    """Brings a new or older database up to date. Safe to repeat; run it before workers start."""
    _migrate()
    with writing() as connection:
        current = epoch.begin(connection)
        earlier = _served(connection)
        if earlier < registry.VERSION:
            remerge.for_schema(connection, earlier, progress)
        records = None if projections.are_current(connection) else _rebuild(connection)
    replayed = replay(progress)
    overdue.sweep()
    return Prepared(current, records, replayed)


def _rebuild(connection: Connection) -> int:
    """What is derived from the records: projections, views, what the rules fill in, the words of search. Returns how
    many records went in.
    """
    count = projections.rebuild(connection)
    if count:
        standing.refill(connection)
    search.rebuild(connection)
    return count


def _served(connection: Connection) -> int:
    """The schema in which the records were merged; from now on it is the present one."""
    found = memo.get(connection, SCHEMA)
    memo.put(connection, SCHEMA, str(registry.VERSION))
    return int(found or registry.VERSION)


def _migrate() -> None:
    if is_migrated():
        return
    with writing() as connection:
        if db.engine.dialect.has_table(connection, "setting"):
            projections.drop(connection)
    flask_migrate.upgrade(directory=str(MIGRATIONS))


def is_migrated() -> bool:
    """Whether the database stands at the newest migration."""
    with reading() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    return set(present) == set(ScriptDirectory(str(MIGRATIONS)).get_heads())


def knows(revision: str) -> bool:
    """Whether this release has a migration of this number."""
    return any(each.revision == revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def replay(progress: Callable[[int], Any] = lambda _: None) -> int:
    """Processes the ops that were stored and never decided. Returns how many there were; none of a restored database
    that waits for its trust journal."""
    with reading() as connection:
        if closing.is_closed(connection):
            return 0
    done = 0
    while rows := _received():
        for device, group in groupby(rows, key=lambda row: row.device):
            part = list(group)
            author = devices.author_of(device)
            entries = [inbox.again(row, author) for row in part]
            inbox.recognise(entries)
            intake.process(author, entries, clock.now())
            done += len(part)
            progress(len(part))
    return done


def _received() -> Iterable[Any]:
    query = select(Op.__table__).where(Op.state == "received").order_by(Op.n).limit(REPLAY_BATCH)
    with reading() as connection:
        return list(connection.execute(query))


def is_empty(connection: Connection) -> bool:
    """Whether no op has ever come here."""
    return connection.scalar(select(Op.n).limit(1)) is None
