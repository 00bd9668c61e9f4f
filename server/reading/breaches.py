"""A matter that a rule across records found (server/rulebook): the records in it, in words."""

from __future__ import annotations

from dataclasses import dataclass

from server import register
from server.db import reading
from server.reading import matters
from server.reading.matters import Matter
from server.reading.names import named
from server.reading.reach import Reach
from server.reading.words import Words
from server.register import Stored

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Breach:
    """``records``: those that the rule compared, as many as a page holds."""

    matter: Matter
    records: list[Stored]


def find(key: str, reach: Reach, words: Words) -> tuple[Breach, Words] | None:
    """None where there is none within reach."""
    with reading() as connection:
        matter = matters.find(key, reach, connection)
        if matter is None:
            return None
        ids = [id for id in matter.detail.get("records", [])[:SHOWN] if reach.sees(id, connection)]
        found = register.fetch(ids, connection)
        records = [found[id] for id in ids if id in found]
        every = [*records, *([matter.record] if matter.record else [])]
        return Breach(matter, records), named(words, every, connection)
