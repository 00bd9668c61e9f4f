"""A расхождение: a field with values that nobody has chosen from, who wrote each, and how to phone them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from schemas.kinds import LIFE
from schemas.wire import PARTS
from server import history
from server.attention import OWN
from server.db import reading
from server.history import Writer
from server.models import Attention, Device, Op
from server.reading import matters, writers
from server.reading.matters import Matter
from server.reading.names import named
from server.reading.paging import SIZE
from server.reading.reach import Reach
from server.reading.words import Words
from server.register import Stored


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the values that stand against each other. ``at``: its clock stamp."""

    op: str
    value: Any
    at: str
    writer: Writer


@dataclass(frozen=True, slots=True)
class Dispute:
    """``field`` may be "@life": an edit met a delete. ``agreed``: the last value that all had known."""

    matter: Matter
    record: Stored
    candidates: list[Candidate]
    agreed: Any

    @property
    def field(self) -> str:
        """The field in question."""
        return self.matter.field

    @property
    def value(self) -> Any:
        """What is shown of the field now."""
        return self.record.deleted if self.field == LIFE else self.record.fields.get(self.field)


def key_of(record: str, field: str) -> str:
    """The key of the matter of one field (see attention.py)."""
    return f"revived:{record}" if field == LIFE else f"disputed:{record}:{field}"


def candidates(found: Iterable[Matter], connection: Connection) -> dict[str, list[Candidate]]:
    """Key → the candidates of these matters, as far as they are open; in bulk."""
    standing = {each.key: each.detail["candidates"] for each in found if each.is_open}
    who = writers.of_ops((each["op"] for several in standing.values() for each in several), connection)
    return {
        key: [Candidate(each["op"], each["value"], each["at"], who[each["op"]]) for each in several]
        for key, several in standing.items()
    }


def find(key: str, reach: Reach, words: Words) -> tuple[Dispute, Words] | None:
    """One, open or closed; None where there is none within reach."""
    with reading() as connection:
        matter = matters.find(key, reach, connection)
        if matter is None or matter.record is None:
            return None
        standing = candidates([matter], connection).get(key, [])
        known = named(words, [matter.record], connection)
    agreed = history.story(matter.record.id).agreed.get(matter.field)
    return Dispute(matter, matter.record, standing, agreed), known


def several(keys: Iterable[str], reach: Reach) -> list[Dispute]:
    """Those of these that are open and within reach, in bulk; what all had known of them is not asked."""
    with reading() as connection:
        found = [each for each in matters.several(keys, reach, connection) if each.is_open and each.kind == "dispute"]
        standing = candidates(found, connection)
        return [Dispute(each, each.record, standing[each.key], None) for each in found if each.record]


def decided(reach: Reach, words: Words) -> tuple[list[Matter], Words]:
    """Those that were decided last, a page of them, and words that know their records."""
    with reading() as connection:
        query = matters.select_matters(reach, connection)
        query = query.where(Attention.state == "closed", Attention.kind.in_(OWN), Attention.closed_by.is_not(None))
        rows = list(connection.execute(query.order_by(Attention.closed_at.desc(), Attention.key).limit(SIZE)))
        found = matters.read(rows, connection)
        return found, named(words, [each.record for each in found if each.record], connection)


def next_after(key: str, reach: Reach) -> str | None:
    """The key of the open расхождение that waits the longest, but for this one."""
    with reading() as connection:
        query = select(Attention.key).where(Attention.state == "open", Attention.kind.in_(OWN), Attention.key != key)
        query = query.where(matters.within(reach, connection)).order_by(Attention.opened_at, Attention.key)
        return connection.scalar(query.limit(1))


def can_be_undone(dispute: Dispute) -> bool:
    """Whether the decision is an op of the office about this field alone, so that taking it back takes back no
    more."""
    if dispute.matter.is_open or dispute.matter.closing is None:
        return False
    query = select(Op.body).join(Device, Device.id == Op.device)
    with reading() as connection:
        body = connection.scalar(query.where(Op.op == dispute.matter.closing, Device.kind == "office").limit(1))
    said = orjson.loads(body) if body else {}
    written = {name for part in PARTS for name in said.get(part) or ()}
    return bool(said) and (written == {dispute.field} or (dispute.field == LIFE and "delete" in said and not written))


def tablets_of(dispute: Dispute) -> set[str]:
    """The ids of the tablets whose values stand against each other."""
    with reading() as connection:
        return writers.tablets_of((each.op for each in dispute.candidates), connection)
