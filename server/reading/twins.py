"""One value of a unique field in two records: both side by side, and who wrote it in each.

Either one of them was written down wrongly, or both are the same person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas import registry
from server import history
from server.db import reading
from server.history import Told
from server.reading import matters, records
from server.reading.matters import Matter
from server.reading.names import references
from server.reading.reach import Reach
from server.reading.records import Shown
from server.reading.words import Words
from server.register import Stored

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Twin:
    """One of the records. ``told``: who wrote the value in it; ``homes``: ids of what it belongs to."""

    record: Stored
    told: Told | None
    homes: list[str]


@dataclass(frozen=True, slots=True)
class Twins:
    """``twins``: as many as a page holds, out of ``count``. ``rows``: the fields that any of them has, and whether
    they differ in it."""

    matter: Matter
    twins: list[Twin]
    count: int
    value: Any
    rows: list[tuple[str, bool]]


def find(key: str, reach: Reach, words: Words) -> tuple[Twins, Words] | None:
    """None where there is none within reach."""
    with reading() as connection:
        matter = matters.find(key, reach, connection)
    if matter is None:
        return None
    ids, twins = matter.detail["records"], []
    for id in ids[:SHOWN]:
        if shown := records.shown(matter.type, id, reach, words):
            words = shown.words
            twins.append(Twin(shown.record, _told(shown.record, matter.field), _homes(shown)))
    value = next((twin.record.fields.get(matter.field) for twin in twins), None)
    return Twins(matter, twins, len(ids), value, _rows(matter.type, [twin.record for twin in twins])), words


def _homes(shown: Shown) -> list[str]:
    """What the records that carry it name beside it: a person's families."""
    links = (link for links in shown.parts.values() for link in links)
    return [id for link in links for id in references(link.type, link.fields) if id != shown.record.id]


def _told(record: Stored, field: str) -> Told | None:
    """How the value that is shown came into the record."""
    told = history.story(record.id).fields.get(field, [])
    return next((each for each in told if each.fate == "shown"), None)


def _rows(type_name: str, found: list[Stored]) -> list[tuple[str, bool]]:
    names = [name for name in registry.types()[type_name].fields if any(name in each.fields for each in found)]
    return [(name, any(each.fields.get(name) != found[0].fields.get(name) for each in found)) for name in names]
