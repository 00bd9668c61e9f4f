"""The living records of a type as rows: values in words, days as days, a page of records at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from schemas import registry
from schemas.base import RecordType
from schemas.fields import Date, DateTime, Field, Int, Num
from server import projections
from server.db import reading
from server.exports.sheets import Cell
from server.models import Record
from server.reading.names import named
from server.reading.reach import Reach
from server.reading.words import Words
from server.register import Stored, stored

PAGE = 1_000
WHOLE_DAY = len("2026-11-22")  # of a birth date only the month or the year may be known


def headers(schema: RecordType, words: Words) -> list[str]:
    """The columns: the record's id, then each of its fields."""
    return ["ID", *(words.label(str(schema.name), name) for name in schema.fields)]


def count(type_name: str, reach: Reach) -> int:
    """How many rows there will be, by and large."""
    table = projections.table(type_name)
    with reading() as connection:
        query = select(func.count()).select_from(table)
        if reach.territories is None and not reach.named:
            return connection.scalar(query) or 0
        return connection.scalar(query.where(reach.has(table.c.record))) or 0


def pages(type_name: str, reach: Reach) -> Iterator[list[Stored]]:
    """In the order of their ids, which is the order in which they were made; each page is one short read."""
    query = select(Record).where(Record.type == type_name, Record.deleted.is_(False), reach.has(Record.id))
    query = query.order_by(Record.id).limit(PAGE)
    last = ""
    while True:
        with reading() as connection:
            page = [stored(row) for row in connection.execute(query.where(Record.id > last))]
        yield page
        if len(page) < PAGE:
            return
        last = page[-1].id


def rows(type_name: str, reach: Reach, words: Words) -> Iterator[list[Cell]]:
    """A row a record, as a reader within this reach may see it."""
    schema = registry.types()[type_name]
    for page in pages(type_name, reach):
        with reading() as connection:
            known = named(words, page, connection)
        for record in page:
            yield [record.id, *(_cell(field, record.fields.get(name), known) for name, field in schema.fields.items())]


def _cell(field: Field, value: Any, words: Words) -> Cell:
    if value is None:
        return None
    if isinstance(field, Int | Num):
        return value
    if isinstance(field, DateTime):
        return datetime.fromisoformat(value).astimezone(words.zone).replace(tzinfo=None)
    if isinstance(field, Date) and len(value) == WHOLE_DAY:
        return date.fromisoformat(value)
    return words.say(field, value)
