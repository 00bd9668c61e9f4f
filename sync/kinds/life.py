"""Deleted or alive: a set of two elements, so that add-wins (sets.py) settles what deletes and edits do together.

An edit adds "alive". An undelete adds "alive" and removes "deleted"; a delete, the other way round. So an edit that
the delete had not seen leaves both standing: the record is back, and disputed. Only a word on the matter closes
that, a delete or an undelete: somebody's next edit of the record is no decision.
"""

from __future__ import annotations

from schemas.kinds import LIFE
from sync.kinds import frontier
from sync.kinds.sets import touched
from sync.state import Candidate, Frontier, Past, Record, SetCell
from sync.versions import Op, Version

ALIVE = {"alive": False}  # the values are what an op says: "delete": false, "delete": true
DELETED = {"deleted": True}


def write(record: Record, op: Op, version: Version) -> None:
    """The op's word on the life of the record that is being made."""
    past = Past(record.cells.get(LIFE), None, record.main)
    shown = ALIVE if past.cell is None and version is not record.main else {}
    added, other = (DELETED, ALIVE) if op.delete else (ALIVE, DELETED)
    removed = () if op.delete is None else other
    record.cells[LIFE] = SetCell(touched(past, version, shown, added, removed))


def votes(record: Record, *names: str) -> list[Candidate]:
    """What stands for "alive" and "deleted", in version order."""
    cell = record.cells.get(LIFE)
    if not isinstance(cell, SetCell):
        return [(record.main, False)] if "alive" in names else []
    stands = [vote for name in names if name in cell.elements for vote in cell.elements[name].candidates]
    return sorted(stands, key=lambda vote: vote[0].order)


def writers(record: Record) -> Frontier:
    """What the record knows of those who wrote it: each of them went over "alive"."""
    cell = record.cells.get(LIFE)
    return cell.elements["alive"] if isinstance(cell, SetCell) else frontier.alone(record.main, False)


def is_deleted(record: Record) -> bool:
    """Whether the record is a tombstone: deleted, and no edit stands that the delete had not seen."""
    return LIFE in record.cells and not votes(record, "alive")
