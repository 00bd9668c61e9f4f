"""A record that belongs to one that was deleted: who deleted that, when, and what else belongs to it."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, func, select

from schemas.kinds import LIFE
from server import history, register
from server.db import reading
from server.history import Told
from server.models import Attention
from server.reading import matters
from server.reading.matters import Matter
from server.reading.names import named
from server.reading.reach import Reach
from server.reading.words import Words
from server.register import Stored


@dataclass(frozen=True, slots=True)
class Orphan:
    """``deleted``: how the parent was deleted. ``siblings``: how many other records were left with it."""

    matter: Matter
    record: Stored
    parent: Stored
    deleted: Told | None
    siblings: int


def find(key: str, reach: Reach, words: Words) -> tuple[Orphan, Words] | None:
    """None where there is none within reach. Its parent sits where it sits, so it is within reach too."""
    with reading() as connection:
        matter = matters.find(key, reach, connection)
        if matter is None or matter.record is None:
            return None
        parent = register.fetch([matter.detail["parent"]], connection)[matter.detail["parent"]]
        siblings = _siblings(matter, connection)
        known = named(words, [matter.record, parent], connection)
    lives = history.story(parent.id).fields.get(LIFE, [])
    deleted = next((told for told in reversed(lives) if told.value is True), None)
    return Orphan(matter, matter.record, parent, deleted, siblings), known


def _siblings(matter: Matter, connection: Connection) -> int:
    """The detail of an orphan's entry is its parent's id and nothing else."""
    detail = orjson.dumps({"parent": matter.detail["parent"]}).decode()
    query = select(func.count()).where(Attention.kind == "orphan", Attention.state == "open")
    return connection.scalar(query.where(Attention.detail == detail, Attention.key != matter.key)) or 0
