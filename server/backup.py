"""Backups: the whole database at one moment, with keys, photographs and scans, in one SQLite file, from either engine
and into either.

Rows are copied in one snapshot (a read transaction on SQLite, REPEATABLE READ on PostgreSQL), so writers go on
meanwhile. A restore begins a new epoch: tablets notice, offer again what was acknowledged after the backup, and pull
afresh.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    MetaData,
    String,
    Table,
    TableClause,
    column,
    create_engine,
    insert,
    inspect,
    select,
)
from sqlalchemy import table as clause
from sqlalchemy.exc import OperationalError

from server import clock, epoch
from server.blobs import store
from server.blobs.tables import Blob
from server.db import Base, db
from server.settings import Settings

ROWS = 2_000
_OWN = MetaData()
ABOUT = Table("backup", _OWN, Column("key", String, primary_key=True), Column("value", String, nullable=False))
BLOB_FILES = Table("blob_file", _OWN, Column("key", String, primary_key=True), Column("content", LargeBinary))
KEY_FILES = Table("key_file", _OWN, Column("name", String, primary_key=True), Column("content", LargeBinary))


class Refused(ValueError):
    """The backup cannot be made or restored here; the message says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """``rows``: how many rows of each table went in or came out; ``files``: how many photographs and scans."""

    epoch: str
    revision: str
    rows: dict[str, int]
    files: int = 0


def make(
    target: Path, chosen: Settings, progress: Callable[[int], Any] = lambda _: None, with_files: bool = True
) -> Made:
    """Writes a backup; without photographs and scans where their folder is copied by other means. It takes its name
    when it is whole and on disk. Raises Refused when the file is there already, OSError."""
    if target.exists():
        raise Refused(f"{target} exists already")
    beside = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        beside.touch(mode=0o600)
        made = _fill(beside, chosen, progress, with_files)
        beside.replace(target)
        store.flush_folder(target.parent)
    except OperationalError as error:  # a disk that is full
        raise OSError(str(error.orig)) from error
    finally:
        beside.unlink(missing_ok=True)
    return made


def _fill(target: Path, chosen: Settings, progress: Callable[[int], Any], with_files: bool) -> Made:
    with opened_file(target) as file, _snapshot() as source:
        Base.metadata.create_all(file)
        _OWN.create_all(file)
        rows = {table.name: copy(source, file, table, progress) for table in Base.metadata.sorted_tables}
        revision = MigrationContext.configure(source).get_current_revision() or ""
        about = {"revision": revision, "epoch": epoch.of(source), "made_at": clock.iso(clock.now())}
        file.execute(insert(ABOUT), [{"key": key, "value": value} for key, value in about.items()])
        files = [{"name": path.name, "content": path.read_bytes()} for path in sorted(chosen.keys.iterdir())]
        file.execute(insert(KEY_FILES), files)
    with opened_file(target) as file:
        count = _copy_blobs(file, progress) if with_files else 0
    return Made(about["epoch"], revision, rows, count)


def _copy_blobs(file: Connection, progress: Callable[[int], Any]) -> int:
    """The files of all blobs that the backup names, one at a time. Returns how many there were."""
    count = 0
    for key in file.scalars(select(Blob.content).distinct()).all():
        with contextlib.suppress(FileNotFoundError), store.kept().open(key) as source:
            file.execute(insert(BLOB_FILES), {"key": key, "content": source.read()})
            count += 1
            progress(1)
    return count


def copy(source: Connection, target: Connection, table: TableClause, progress: Callable[[int], Any]) -> int:
    """All rows of a table, a few thousand at a time. Returns how many there were."""
    count = 0
    found = source.execution_options(yield_per=ROWS).execute(select(table))
    for part in found.mappings().partitions(ROWS):
        target.execute(insert(table), [dict(row) for row in part])
        count += len(part)
        progress(len(part))
    return count


def tables(file: Connection) -> list[TableClause]:
    """The tables of a backup, as far as it has them and their columns: it may be older than this release."""
    known = inspect(file)
    present = [table for table in Base.metadata.sorted_tables if known.has_table(table.name)]
    return [_part(table, {column["name"] for column in known.get_columns(table.name)}) for table in present]


def _part(table: Table, names: set[str]) -> TableClause:
    """A table with these columns alone, and no defaults for others."""
    return clause(table.name, *(column(each.name, each.type) for each in table.c if each.name in names))


@contextlib.contextmanager
def _snapshot() -> Iterator[Connection]:
    """One moment of the database, while others go on writing."""
    level = {} if db.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with db.engine.connect().execution_options(**level) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def opened_file(path: Path) -> Iterator[Connection]:
    """A transaction on a backup file."""
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
