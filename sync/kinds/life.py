"""Deleted or alive: a set of two elements, so that add-wins (sets.py) settles what deletes and edits do to each other.

An edit adds "alive", an undelete does too and takes "deleted" away, a delete does the opposite. So an edit that
the delete had not seen leaves both standing: the record is back, and disputed. Only a word on the matter, delete
or undelete, closes that: somebody else's edit of the record is no decision.
"""

from __future__ import annotations

from schemas.kinds import LIFE
from sync.kinds.sets import touched
from sync.state import Candidate, Past, Record, SetCell
from sync.versions import Op, Version

ALIVE = {"alive": False}  # the values are what an op says: "delete": false, "delete": true
DELETED = {"deleted": True}


def write(record: Record, op: Op, version: Version) -> None:
    """The op's word on the record's life, into the record that is being made."""
    cell = record.cells.get(LIFE)
    existed = version is not record.main
    added = DELETED if op.delete else ALIVE
    removed = () if op.delete is None else ALIVE if op.delete else DELETED
    past = Past(cell, None, record.main)
    shown = ALIVE if existed and cell is None else {}
    record.cells[LIFE] = SetCell(touched(past, op, version, shown, added, removed))


def candidates(record: Record, *names: str) -> list[Candidate]:
    """What stands for these elements ("alive", "deleted"), in version order."""
    cell = record.cells.get(LIFE)
    if not isinstance(cell, SetCell):
        return [(record.main, False)] if "alive" in names else []
    stands = [each for name in names if name in cell.elements for each in cell.elements[name].candidates]
    return sorted(stands, key=lambda each: each[0].order)


def is_deleted(record: Record) -> bool:
    """Whether the record is a tombstone: deleted, and no edit stands that the delete had not seen."""
    return not candidates(record, "alive")
