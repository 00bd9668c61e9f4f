"""Lives of the database. A restore begins a new one (an epoch), and what was in the backup keeps its revs under it.

So an author who has a restored record on the screen names a base of the new epoch, and has seen all that the backup
held of it up to there. Floors and bases need nothing: `bases` tell what was seen in an epoch, and what has a rev in a
later one alone came after the restore; whoever wrote before it had not seen that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sync.state import Cell, Frontier, Record, SetCell
from sync.versions import Revs, Version


def carried(record: Record, lives: Sequence[str]) -> Record:
    """The record as the present life of the database knows it. `lives`: all its epochs in order, the present one last.

    The server carries each record that it loads, so all versions of one stand in the same life: the main one tells.
    """
    if record.main.revs[-1][0] == lives[-1]:
        return record
    cells = {field: _cell(cell, lives) for field, cell in record.cells.items()}
    marks = tuple((_version(version, lives), signs) for version, signs in record.marks)
    return replace(record, main=_version(record.main, lives), cells=cells, marks=marks)


def carried_revs(revs: Revs, lives: Sequence[str]) -> Revs:
    """The revs of an op, with those under the lives that followed the last of them."""
    epoch, rev = revs[-1]
    later = lives[lives.index(epoch) + 1 :] if epoch in lives else ()
    return revs + tuple((life, rev) for life in later)


def _version(version: Version, lives: Sequence[str]) -> Version:
    return replace(version, revs=carried_revs(version.revs, lives))


def _cell(cell: Cell, lives: Sequence[str]) -> Cell:
    match cell:
        case Frontier():
            return _frontier(cell, lives)
        case SetCell():
            return SetCell({name: _frontier(element, lives) for name, element in cell.elements.items()})
    return cell


def _frontier(frontier: Frontier, lives: Sequence[str]) -> Frontier:
    candidates = tuple((_version(version, lives), value) for version, value in frontier.candidates)
    decisions = tuple((_version(version, lives), over) for version, over in frontier.decisions)
    return replace(frontier, candidates=candidates, decisions=decisions)
