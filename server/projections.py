"""Projections and views: tables `proj_TYPE` with the fields that a type declares indexed, and views `view_TYPE` with
all of them, of all records but those that sit apart (shields.py).

Both are made from `schemas`, not by Alembic: when the schemas' digest differs from the one they were made from, they
are dropped and filled again from the records. They are written in the transaction that changes the records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    MetaData,
    String,
    Table,
    Text,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from schemas import registry
from schemas.placement import CASE_PREFIX
from schemas.text import sort_key
from server import bulk, memo, shapes
from server.db import is_sqlite
from server.models import Record
from server.register import Held
from server.shapes import Shape

DIGEST = "projections"
FILL = 2_000
SET = "list"  # how the wire calls the type of a set
Shown = tuple[str, dict[str, Any]]
"""A record's id and what its fields show."""
_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "integer": BigInteger,
    "number": Float,
    "boolean": Boolean,
    "datetime": BigInteger,
}


def table(type_name: str) -> Table:
    """The projection of a type: columns `record`, each indexed field (moments as Unix milliseconds, of a set its
    elements: `holds`), FIELD_sort for what is sorted as text, and what rules across records fill (standing.py)."""
    return _tables(registry.digest())[type_name]


@lru_cache(maxsize=4)
def _tables(_digest: str) -> dict[str, Table]:
    metadata = MetaData()
    return {name: _table(metadata, name) for name in shapes.all_shapes()}


def _table(metadata: MetaData, name: str) -> Table:
    shape = shapes.of(name)
    columns: list[Any] = [Column("record", String(36), primary_key=True)]
    indexes = []
    for field, type_name in shape.columns.items():
        columns.append(Column(field, _TYPES.get(type_name, Text)()))
        if type_name != SET:
            indexes.append(Index(f"proj_{name}_{field}", field, *_dated(shape, field)))
    for column in shape.standing:
        columns.append(Column(column, String(36)))
        indexes.append(Index(f"proj_{name}_{column}", column))
    for field in shape.sorted:
        columns.append(Column(f"{field}_sort", Text))
        indexes.append(Index(f"proj_{name}_{field}_sort", f"{field}_sort"))
    return Table(f"proj_{name}", metadata, *columns, *indexes)


def _dated(shape: Shape, field: str) -> list[str]:
    """Where the last of many is asked for, they lie in the order of their days, and it is found without the others."""
    day = shape.declared.date_field
    return [day] if day and field in shape.declared.last_of else []


def write(connection: Connection, dirty: Iterable[Held]) -> None:
    """Brings the projections in step with the records that changed."""
    alive: dict[str, list[Shown]] = defaultdict(list)
    dead: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for held in dirty:
        if held.deleted:
            dead[held.type].append({"id": held.id})
        else:
            alive[held.type].append((held.id, held.fields))
    for name, records in alive.items():
        _upsert(connection, name, records)
    for name, ids in dead.items():
        connection.execute(text(f"DELETE FROM proj_{name} WHERE record = :id"), ids)


def _rows(shape: Shape, records: Iterable[Shown]) -> Iterator[tuple[Any, ...]]:
    """The records' values in the order of the table's columns."""
    columns = [(field, _READ.get(kind)) for field, kind in shape.columns.items()]
    for id, fields in records:
        get = fields.get
        values = [read(get(field)) if read else get(field) for field, read in columns]
        keys = [sort_key(fields[field]) if fields.get(field) else None for field in shape.sorted]
        yield (id, *values, *keys)


def _moment(value: str | None) -> int | None:
    """A moment as Unix milliseconds, so that moments written with different offsets compare."""
    return int(datetime.fromisoformat(value).timestamp() * 1000) if value else None


def _elements(value: list[str] | None) -> str | None:
    """A set as one text, |so|and so|: asked for one element it needs no table of its own, and few rows are asked."""
    return f"|{'|'.join(value)}|" if value else None


def holds(column: ColumnElement[Any], element: str) -> ColumnElement[bool]:
    """A condition: the set in this column of a projection has the element."""
    return column.contains(f"|{element}|", autoescape=True)


_READ: dict[str, Callable[[Any], Any]] = {"datetime": _moment, SET: _elements}


def _upsert(connection: Connection, name: str, records: Iterable[Shown]) -> None:
    shape = shapes.of(name)  # its standing columns are filled by rules
    names = ("record", *shape.columns, *(f"{field}_sort" for field in shape.sorted))
    bulk.put(connection, table(name), names, [*_rows(shape, records)], keys=names[:1], fresh=names[1:])


def are_current(connection: Connection) -> bool:
    """Whether the projections were made from the schemas that this process has."""
    return memo.get(connection, DIGEST) == registry.digest()


def rebuild(connection: Connection) -> int:
    """Drops and makes all projections and views, and fills them from the records. Returns how many records went in."""
    drop(connection)
    for each in _tables(registry.digest()).values():
        each.create(connection)
    _make_views(connection)
    count = _fill(connection)
    memo.put(connection, DIGEST, registry.digest())
    return count


def drop(connection: Connection) -> None:
    """Drops all views, then all projections and what search reads: a migration on SQLite fails while a view depends on
    its table."""
    for kind in ("view", "table"):
        for name in _names(connection, kind):
            connection.exec_driver_sql(f'DROP {kind.upper()} IF EXISTS "{name}"')
    memo.forget(connection, DIGEST)


def _names(connection: Connection, kind: str) -> list[str]:
    prefixes = ("view_",) if kind == "view" else ("proj_", "search_")
    if is_sqlite(connection):
        query = f"SELECT name FROM sqlite_master WHERE type = '{kind}'"
    else:
        query = f"SELECT table_name FROM information_schema.{kind}s WHERE table_schema = current_schema()"
    return [name for (name,) in connection.exec_driver_sql(query) if name.startswith(prefixes)]


def _fill(connection: Connection) -> int:
    count = 0
    for part in _records(connection):
        by_type: dict[str, list[Shown]] = defaultdict(list)
        for row in part:
            if row.type in registry.types():
                by_type[row.type].append((row.id, orjson.loads(row.body)["fields"]))
        for name, records in by_type.items():
            _upsert(connection, name, records)
            count += len(records)
    return count


def _records(connection: Connection) -> Iterator[list[Any]]:
    last = ""
    query = select(Record.id, Record.type, Record.body).where(Record.deleted.is_(False)).order_by(Record.id).limit(FILL)
    while part := list(connection.execute(query.where(Record.id > last))):
        yield part
        last = part[-1].id


def _make_views(connection: Connection) -> None:
    for name, declared in registry.types().items():
        columns = ", ".join(_column(connection, field, each.type) for field, each in declared.fields.items())
        connection.exec_driver_sql(
            f"CREATE VIEW view_{name} AS SELECT id, rev, at, {columns} FROM record "
            f"WHERE type = '{name}' AND NOT deleted AND id NOT IN (SELECT record FROM placement "
            f"WHERE feed LIKE '{CASE_PREFIX}%%' AND NOT gone)"
        )


def _column(connection: Connection, field: str, type_name: str) -> str:
    if is_sqlite(connection):
        return f"json_extract(body, '$.fields.{field}') AS \"{field}\""
    value = f"(body::jsonb -> 'fields' ->> '{field}')"
    cast = {"integer": "::bigint", "number": "::double precision", "boolean": "::boolean"}.get(type_name, "")
    return f'{value}{cast} AS "{field}"'
