"""Many rows in one statement, past SQLAlchemy's parameter handling, which costs more than storing them.

The text of a statement is made once from its table. SQLite takes the rows as they are (`executemany`), PostgreSQL a
list a column, which `unnest` turns into rows again: one round trip. All run in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Boolean, ColumnElement, Connection, Dialect, FromClause, Select, Text, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import coercions, roles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import InternalTraversal as dp
from sqlalchemy.types import TypeEngine

from server.db import is_sqlite

SqlColumn = ColumnElement[Any] | InstrumentedAttribute[Any]
_IN_BINARY = ("BYTEA", "TEXT", "VARCHAR")
Names = tuple[str, ...]
Rows = Sequence[tuple[Any, ...]]
"""The values of each row, in the order of the columns that are named."""


class _List(TypeDecorator[Any]):
    """How a list travels as one parameter: as JSON to SQLite, as an array to PostgreSQL."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.item))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return orjson.dumps(value).decode() if dialect.name == "sqlite" else value


class among(ColumnElement[bool]):
    """`column IN values` with one parameter, so that the statement is the same however many there are.

    Where each batch passes: give it a column of a table, not a mapped attribute, and keep the rest of the statement.
    Building one from attributes takes SQLAlchemy longer than SQLite takes to answer it.
    """

    inherit_cache = True
    type = Boolean()
    _traverse_internals = [("column", dp.dp_clauseelement), ("listed", dp.dp_clauseelement)]  # noqa: RUF012

    def __init__(self, column: SqlColumn, values: Sequence[Any]) -> None:
        self.column = coercions.expect(roles.ExpressionElementRole, column)
        self.listed = bindparam(None, list(values), type_=_List(self.column.type), unique=True)

    def self_group(self, against: Any = None) -> among:
        """As it is: SQLAlchemy would ask `… = 1` of what it takes for a column, and no index answers that."""
        return self


@compiles(among, "sqlite")
def _(element: among, compiler: SQLCompiler, **how: Any) -> str:
    column, listed = compiler.process(element.column, **how), compiler.process(element.listed, **how)
    return f"{column} IN (SELECT value FROM json_each({listed}))"


@compiles(among, "postgresql")
def _(element: among, compiler: SQLCompiler, **how: Any) -> str:
    return f"{compiler.process(element.column, **how)} = ANY ({compiler.process(element.listed, **how)})"


class outside(FunctionElement[bool]):
    """`column NOT IN (query)` for a query that finds little. PostgreSQL is told to answer it once: it believes that it
    would have to for each row of a join, and reads whole tables instead."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: SqlColumn, query: Select[Any]) -> None:
        super().__init__(column, query.scalar_subquery())

    def self_group(self, against: Any = None) -> outside:
        """As it is, for the same reason."""
        return self


@compiles(outside, "sqlite")
def _(element: outside, compiler: SQLCompiler, **how: Any) -> str:
    column, query = (compiler.process(each, **how) for each in element.clauses)
    return f"{column} NOT IN {query}"


@compiles(outside, "postgresql")
def _(element: outside, compiler: SQLCompiler, **how: Any) -> str:
    column, query = (compiler.process(each, **how) for each in element.clauses)
    return f"{column} <> ALL (ARRAY{query})"


def insert(connection: Connection, table: FromClause, names: Names, rows: Rows) -> None:
    """Inserts rows."""
    _run(connection, table, names, rows, "")


def insert_new(connection: Connection, table: FromClause, names: Names, rows: Rows, keys: Names) -> None:
    """Inserts the rows whose keys are not there yet."""
    _run(connection, table, names, rows, _conflict(connection.dialect, keys, ()))


def put(connection: Connection, table: FromClause, names: Names, rows: Rows, keys: Names, fresh: Names) -> None:
    """Inserts rows; where the keys are there, the fresh columns are replaced. No two rows have the same keys."""
    _run(connection, table, names, rows, _conflict(connection.dialect, keys, fresh))


def update(connection: Connection, table: FromClause, names: Names, rows: Rows) -> None:
    """Sets columns of the rows with these keys. The key is the last name, and the last value of each row."""
    if not rows:
        return
    if is_sqlite(connection):
        connection.exec_driver_sql(_update_one(connection.dialect, table, names), list(rows))
    else:
        connection.exec_driver_sql(_update_all(connection.dialect, table, names), _columns(rows))


def _run(connection: Connection, table: FromClause, names: Names, rows: Rows, conflict: str) -> None:
    if not rows:
        return
    if is_sqlite(connection):
        connection.exec_driver_sql(_insert_one(connection.dialect, table, names) + conflict, list(rows))
    else:
        connection.exec_driver_sql(_insert_all(connection.dialect, table, names) + conflict, _columns(rows))


def _columns(rows: Rows) -> tuple[list[Any], ...]:
    return tuple(map(list, zip(*rows, strict=True)))


@lru_cache(maxsize=256)
def _conflict(dialect: Dialect, keys: Names, fresh: Names) -> str:
    values = ", ".join(f"{name} = excluded.{name}" for name in _quoted(dialect, fresh))
    return f" ON CONFLICT ({', '.join(_quoted(dialect, keys))}) DO {f'UPDATE SET {values}' if fresh else 'NOTHING'}"


@lru_cache(maxsize=256)
def _insert_one(dialect: Dialect, table: FromClause, names: Names) -> str:
    return f"{_into(dialect, table, names)} VALUES ({', '.join('?' for _ in names)})"


@lru_cache(maxsize=256)
def _insert_all(dialect: Dialect, table: FromClause, names: Names) -> str:
    return f"{_into(dialect, table, names)} SELECT * FROM {_unnest(dialect, table, names)}"


@lru_cache(maxsize=256)
def _update_one(dialect: Dialect, table: FromClause, names: Names) -> str:
    *fresh, key = _quoted(dialect, names)
    return f"UPDATE {table.description} SET {', '.join(f'{name} = ?' for name in fresh)} WHERE {key} = ?"


@lru_cache(maxsize=256)
def _update_all(dialect: Dialect, table: FromClause, names: Names) -> str:
    *fresh, key = quoted = _quoted(dialect, names)
    values = ", ".join(f"{name} = fresh.{name}" for name in fresh)
    rows = f"{_unnest(dialect, table, names)} AS fresh ({', '.join(quoted)})"
    return f"UPDATE {table.description} SET {values} FROM {rows} WHERE {table.description}.{key} = fresh.{key}"


def _into(dialect: Dialect, table: FromClause, names: Names) -> str:
    return f"INSERT INTO {table.description} ({', '.join(_quoted(dialect, names))})"


def _unnest(dialect: Dialect, table: FromClause, names: Names) -> str:
    return f"unnest({', '.join(_array(dialect, table.c[name]) for name in names)})"


def _array(dialect: Dialect, column: ColumnElement[Any]) -> str:
    """One parameter for all values of a column; bytes and texts go in binary, for as text each of their quotes would be
    escaped. An array has no collation; the column it goes to has."""
    kind = column.type.compile(dialect=dialect).partition(" COLLATE ")[0]
    return f"{'%b' if kind.startswith(_IN_BINARY) else '%s'}::{kind}[]"


def _quoted(dialect: Dialect, names: Sequence[str]) -> list[str]:
    return [dialect.identifier_preparer.quote(name) for name in names]
