"""The database: one engine a process, SQLite (WAL) or PostgreSQL, and the two ways of using it, `reading` and
`writing`.

pysqlite's own transaction control loses updates silently, so it is switched off and BEGIN is ours: IMMEDIATE for a
writer (it takes the write lock before it reads), plain for a reader. See docs/decisions/0001-storage.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import DeclarativeBase

BUSY_MS = 30_000
_PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", 2),
    ("busy_timeout", BUSY_MS),
    ("foreign_keys", 1),
    ("wal_autocheckpoint", 16_000),  # pages, 64 MB: a page that many batches touch is copied home once, not by each
    ("cache_size", -16_000),  # KiB a connection: the upper pages of the indexes of a region
)
WRITER = "vyezd_writer"
READS_ONLY = "vyezd_reads_only"


class Base(DeclarativeBase):
    """The base of every model (a `MappedAsDataclass` base does not work with Flask-SQLAlchemy 3.1)."""


db = SQLAlchemy(model_class=Base)


@contextmanager
def writing() -> Iterator[Connection]:
    """One write transaction: commits at the end, rolls back on any error. Never nests.

    Raises RuntimeError when a transaction is already open, for its locks would not be ours.
    """
    with _transaction(writer=True) as connection:
        yield connection


@contextmanager
def reading() -> Iterator[Connection]:
    """One short read transaction: a single snapshot, which nothing can be written in, closed at the end."""
    with _transaction(writer=False) as connection:
        yield connection


@contextmanager
def apart() -> Iterator[Connection]:
    """A write transaction on a connection of its own, beside a read transaction that may be open."""
    with db.engine.connect().execution_options(**{WRITER: True}) as connection, connection.begin():
        yield connection


@contextmanager
def _transaction(writer: bool) -> Iterator[Connection]:
    session = db.session()
    if session.in_transaction():
        raise RuntimeError("a transaction is open already")
    try:
        yield session.connection(execution_options={WRITER: writer} | _isolation(writer))
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _isolation(writer: bool) -> dict[str, Any]:
    """A reader on PostgreSQL asks for one snapshot: by itself each statement has its own, and a family that moves
    between two of them would be seen in neither place. On SQLite a transaction is one snapshot as it is."""
    if writer or db.engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def is_sqlite(connection: Connection) -> bool:
    """True on the embedded engine, where one writer at a time makes row locks needless."""
    return connection.dialect.name == "sqlite"


def watch(engine: Engine) -> None:
    """Installs our transaction control and durability settings on an engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _open_postgresql)


def _open_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma, wanted in _PRAGMAS:
        word = "FULL" if pragma == "synchronous" else wanted
        connection.execute(f"PRAGMA {pragma} = {word}").fetchall()
        (found,) = connection.execute(f"PRAGMA {pragma}").fetchone()
        if found != wanted:
            raise RuntimeError(f"SQLite refuses PRAGMA {pragma} = {word}: it says {found}")


def _begin_sqlite(connection: Connection) -> None:
    writer = connection.get_execution_options().get(WRITER)
    reader, own = writer is False, cast("sqlite3.Connection", connection.connection.driver_connection)
    if connection.info.get(READS_ONLY, False) is not reader:
        own.execute(f"PRAGMA query_only = {reader:d}")
        connection.info[READS_ONLY] = reader
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


def _open_postgresql(connection: Any, _record: Any) -> None:
    autocommit, connection.autocommit = connection.autocommit, True
    connection.execute("SET synchronous_commit = on")
    connection.execute("SET timezone = 'UTC'")
    connection.autocommit = autocommit


def options(url: str) -> dict[str, Any]:
    """Engine options: as many connections as gunicorn's threads can want, none kept past a server's restart.

    Values are personal data: the text of a database error must not hold them.
    """
    if url.startswith("sqlite"):
        return {
            "hide_parameters": True,
            "pool_size": 32,
            "pool_use_lifo": True,  # the last one used has most of what is needed in its cache
            "connect_args": {"check_same_thread": False, "timeout": BUSY_MS / 1000},
        }
    return {"hide_parameters": True, "pool_size": 16, "max_overflow": 16, "pool_pre_ping": True}
