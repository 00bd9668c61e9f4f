"""A record that one person signed while another wrote in it: the edit, and the signature that had not seen it."""

from __future__ import annotations

from dataclasses import dataclass

from schemas import registry
from server import history
from server.db import reading
from server.history import Told
from server.reading import kept, matters
from server.reading.kept import Kept
from server.reading.matters import Matter
from server.reading.reach import Reach
from server.reading.words import Words
from server.register import Stored


@dataclass(frozen=True, slots=True)
class Signed:
    """``op``: the edit. ``signature``: how the record was last signed."""

    matter: Matter
    record: Stored
    op: Kept
    signature: Told | None


def find(key: str, reach: Reach, words: Words) -> tuple[Signed, Words] | None:
    """None where there is none within reach."""
    with reading() as connection:
        matter = matters.find(key, reach, connection)
    found = kept.find(matter.op, reach, words) if matter else None
    if matter is None or matter.record is None or found is None:
        return None
    op, known = found
    return Signed(matter, matter.record, op, _signature(matter.record)), known


def _signature(record: Stored) -> Told | None:
    signing = registry.types()[record.type].signing
    told = history.story(record.id).fields.get(signing[0], []) if signing else []
    return next((each for each in reversed(told) if each.value is not None), None)
