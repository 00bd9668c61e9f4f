"""Backups: the whole database at one moment, with the keys, in one SQLite file, from either engine and into either.

Rows are copied in one snapshot (a read transaction on SQLite, REPEATABLE READ on PostgreSQL), so writers go on
meanwhile. A restore begins a new epoch: tablets notice, offer again what was acknowledged after the backup, and pull
afresh.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask_migrate
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, LargeBinary, MetaData, String, Table, create_engine, func, insert, select

from server import clock, database, epoch, keys, projections
from server.db import Base, db, writing
from server.models import Setting
from server.settings import Settings

ROWS = 2_000
_OWN = MetaData()
ABOUT = Table("backup", _OWN, Column("key", String, primary_key=True), Column("value", String, nullable=False))
KEY_FILES = Table("key_file", _OWN, Column("name", String, primary_key=True), Column("content", LargeBinary))


class Refused(ValueError):
    """The backup cannot be made or restored here; the message says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """``rows``: how many rows of each table went in or came out."""

    epoch: str
    revision: str
    rows: dict[str, int]


def make(target: Path, chosen: Settings, progress: Callable[[int], Any] = lambda _: None) -> Made:
    """Writes a backup. Raises Refused when the file is there already."""
    if target.exists():
        raise Refused(f"{target} exists already")
    target.touch(mode=0o600)
    with _file(target) as file, _snapshot() as source:
        Base.metadata.create_all(file)
        _OWN.create_all(file)
        rows = {table.name: _copy(source, file, table, progress) for table in Base.metadata.sorted_tables}
        revision = MigrationContext.configure(source).get_current_revision() or ""
        about = {"revision": revision, "epoch": epoch.of(source), "made_at": clock.iso(clock.now())}
        file.execute(insert(ABOUT), [{"key": key, "value": value} for key, value in about.items()])
        files = [{"name": path.name, "content": path.read_bytes()} for path in sorted(chosen.keys.iterdir())]
        file.execute(insert(KEY_FILES), files)
    return Made(about["epoch"], revision, rows)


def restore(source: Path, progress: Callable[[int], Any] = lambda _: None) -> Made:
    """Fills this empty database from a backup and begins a new epoch. Raises Refused (not empty, not a backup)."""
    with _opened(source) as file:
        about = {row.key: row.value for row in file.execute(select(ABOUT))}
        _prepare(about["revision"])
        with writing() as target:
            _refuse_unless_empty(target)
            target.execute(Setting.__table__.delete())
            rows = {table.name: _copy(file, target, table, progress) for table in Base.metadata.sorted_tables}
            _set_counters(target)
            projections.drop(target)
            renewed = epoch.renew(target)
    database.prepare()
    return Made(renewed, about["revision"], rows)


def restore_keys(source: Path, chosen: Settings) -> list[str]:
    """Puts the backup's keys where none are. Raises Refused when other keys are there. Returns the names written."""
    with _opened(source) as file:
        wanted = {row.name: row.content for row in file.execute(select(KEY_FILES))}
    present = {path.name: path.read_bytes() for path in chosen.keys.glob("*")}
    if any(present[name] != content for name, content in wanted.items() if name in present):
        raise Refused(f"{chosen.keys} holds other keys: move them away first")
    return [name for name, content in wanted.items() if keys.keep(chosen.keys / name, content.decode().strip())]


def _prepare(revision: str) -> None:
    """Tables as they were when the backup was made; `database.prepare` migrates them on, with their rows."""
    if not database.is_migrated():
        flask_migrate.upgrade(directory=str(database.MIGRATIONS), revision=revision)


def _refuse_unless_empty(target: Connection) -> None:
    if not database.is_empty(target):
        raise Refused("this database holds ops already: restore into an empty one")


def _copy(source: Connection, target: Connection, table: Table, progress: Callable[[int], Any]) -> int:
    count = 0
    found = source.execution_options(yield_per=ROWS).execute(select(table))
    for part in found.mappings().partitions(ROWS):
        target.execute(insert(table), [dict(row) for row in part])
        count += len(part)
        progress(len(part))
    return count


def _set_counters(target: Connection) -> None:
    """PostgreSQL numbers new rows from a sequence, which a copy does not move."""
    if target.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            last = target.scalar(select(func.max(column)))
            name = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
            target.execute(select(func.setval(name, last or 1, last is not None)))


@contextlib.contextmanager
def _snapshot() -> Iterator[Connection]:
    """One moment of the database, while others go on writing."""
    level = {} if db.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with db.engine.connect().execution_options(**level) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def _file(path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Connection]:
    """A backup to read from. Raises Refused."""
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    with path.open("rb") as raw:
        if raw.read(16) != b"SQLite format 3\0":
            raise Refused(f"{path} is not a backup")
    with _file(path) as connection:
        if not connection.dialect.has_table(connection, ABOUT.name):
            raise Refused(f"{path} is not a backup of this product")
        yield connection
