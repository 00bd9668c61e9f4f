"""A расхождение: a field with values that nobody has chosen from, who wrote each, and how to phone them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from schemas.kinds import LIFE
from server import history
from server.db import reading
from server.history import Writer
from server.reading import matters, writers
from server.reading.matters import Matter
from server.reading.names import named
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


def tablets_of(dispute: Dispute) -> set[str]:
    """The ids of the tablets whose values stand against each other."""
    with reading() as connection:
        return writers.tablets_of((each.op for each in dispute.candidates), connection)
