"""The queue of расхождения: what people must decide, with every candidate, who wrote it, and how to phone them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, func, select

from schemas.kinds import LIFE
from server import epoch, history, register
from server.attention import OWN
from server.db import reading
from server.history import Writer
from server.models import Attention, Record
from server.reading import writers
from server.reading.names import named
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.reading.words import Words
from server.register import Stored

COLUMNS = ("key", "field", "territory", "detail", "opened_at", "closed_at", "closed_by")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the values that stand against each other. ``at``: its clock stamp."""

    op: str
    value: Any
    at: str
    writer: Writer


@dataclass(frozen=True, slots=True)
class Matter:
    """One расхождение. ``field`` may be "@life": an edit met a delete. ``base`` and ``epoch``: what was on screen.

    ``closed_by``: who closed it, None while it is open. ``agreed``: the last value before it, where that was asked for.
    """

    key: str
    field: str
    record: Stored
    territory: str | None
    opened_at: int
    candidates: list[Candidate]
    epoch: str
    closed_at: int | None = None
    closed_by: Writer | None = None
    agreed: Any = None

    @property
    def is_open(self) -> bool:
        """Nobody has decided it yet."""
        return self.closed_at is None

    @property
    def base(self) -> int:
        """The record's rev."""
        return self.record.rev

    @property
    def value(self) -> Any:
        """What is shown of the field now."""
        return self.record.deleted if self.field == LIFE else self.record.fields.get(self.field)


def key_of(record: str, field: str) -> str:
    """The key of the matter of one field (see attention.py)."""
    return f"revived:{record}" if field == LIFE else f"disputed:{record}:{field}"


def count(reach: Reach) -> int:
    """How many are open within reach."""
    with reading() as connection:
        return connection.scalar(_open(select(func.count()), reach)) or 0


def matters(reach: Reach, words: Words, number: int = 1, size: int = SIZE) -> tuple[Page[Matter], Words]:
    """The open ones, the longest open first, and words that know the names in them."""
    with reading() as connection:
        total = connection.scalar(_open(select(func.count()), reach)) or 0
        query = _open(_select(), reach).order_by(Attention.opened_at, Attention.key)
        rows = list(connection.execute(query.limit(size).offset(offset(number, size))))
        found = _matters(rows, connection)
        return Page(found, total, number, size), named(words, [each.record for each in found], connection)


def matter(key: str, reach: Reach, words: Words) -> tuple[Matter, Words] | None:
    """One, open or closed, with its last agreed value; None where there is none within reach."""
    with reading() as connection:
        rows = list(connection.execute(_select().where(Attention.key == key, reach.within(Attention.territory))))
        found = _matters(rows, connection)
        known = named(words, [each.record for each in found], connection)
    if not found:
        return None
    agreed = history.story(found[0].record.id).agreed.get(found[0].field)
    return replace(found[0], agreed=agreed), known


def tablets_of(wanted: Matter) -> set[str]:
    """The ids of the tablets whose values stand against each other."""
    with reading() as connection:
        return writers.tablets_of((each.op for each in wanted.candidates), connection)


def _select() -> Select[Any]:
    entry = [Attention.__table__.c[name] for name in COLUMNS]
    query = select(*entry, Attention.state.label("entry_state"), *Record.__table__.c)
    return query.join(Record, Record.id == Attention.record).where(Attention.kind.in_(OWN))


def _open(query: Select[Any], reach: Reach) -> Select[Any]:
    return query.where(Attention.state == "open", Attention.kind.in_(OWN), reach.within(Attention.territory))


def _matters(rows: list[Row[Any]], connection: Connection) -> list[Matter]:
    standing = [orjson.loads(row.detail)["candidates"] if row.entry_state == "open" else [] for row in rows]
    ops = {each["op"] for candidates in standing for each in candidates}
    who = writers.of_ops(ops | {row.closed_by for row in rows if row.closed_by}, connection)
    present = epoch.of(connection)
    return [_matter(row, candidates, who, present) for row, candidates in zip(rows, standing, strict=True)]


def _matter(row: Row[Any], candidates: list[dict[str, Any]], who: dict[str, Writer], present: str) -> Matter:
    is_open = row.entry_state == "open"
    return Matter(
        key=row.key,
        field=row.field or LIFE,
        record=register.stored(row),
        territory=row.territory,
        opened_at=row.opened_at,
        candidates=[Candidate(each["op"], each["value"], each["at"], who[each["op"]]) for each in candidates],
        epoch=present,
        closed_at=None if is_open else row.closed_at,
        closed_by=None if is_open else who.get(row.closed_by),
    )
