"""A proposal: an op that waits in the queue, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from server.db import reading
from server.reading import kept, matters, settlement
from server.reading.kept import Kept
from server.reading.matters import Matter
from server.reading.reach import Reach
from server.reading.settlement import Settlement
from server.reading.words import Words


@dataclass(frozen=True, slots=True)
class Proposal:
    """``settled``: None while it waits."""

    matter: Matter
    op: Kept
    settled: Settlement | None


def find(key: str, reach: Reach, words: Words) -> tuple[Proposal, Words] | None:
    """None where there is none within reach."""
    with reading() as connection:
        matter = matters.find(key, reach, connection)
    found = kept.find(matter.op, reach, words) if matter else None
    if matter is None or found is None:
        return None
    op, known = found
    return Proposal(matter, op, settlement.of(op)), known
