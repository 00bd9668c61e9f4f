"""The merged state of one record: bounded by its fields and the devices that wrote, not by its history.

The op that made the record is its `main` version. A field (of a set: an element) without a cell was written by
`main` alone, so a fresh record has no cells at all; the first later op on a field gives it one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.versions import Version

Candidate = tuple[Version, Any]
Decision = tuple[Version, tuple[str, ...]]
"""An op that replaced only what it named, and the op ids of that which may still come."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """What stands in a field, or for one element of a set (kinds/frontier.py).

    `candidates`: the versions that nobody has replaced, with their values, in version order. The next two tell what
    is replaced of what comes late: `floors`: device → the seq below which its versions are; `bases`: epoch → the rev
    up to which they are. `decisions`: the ops that replaced by name, until somebody who had seen them replaces all.
    """

    candidates: tuple[Candidate, ...]
    floors: Mapping[str, int]
    bases: Mapping[str, int]
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class SetCell:
    """The elements that a later op touched, by key, each with the adds that stand."""

    elements: Mapping[str, Frontier]


@dataclass(frozen=True, slots=True)
class LogCell:
    """The (device, seq) of each entry that the field shows: what version order needs and an entry does not tell."""

    writers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """The exact sum of a counter that shows its bound."""

    exact: int


Cell = Frontier | SetCell | LogCell | Tally

Mark = tuple[Version, bool]
"""An op that signed the record (true), or opened it again (false)."""


@dataclass(slots=True)
class Record:
    """One record. `fields`: what is shown, as on the wire; `feed`: where an op last placed it. `voided`: op ids that
    the office took out before they came (void.py); `marks`: its signatures and returns (signing.py).

    Merging makes a new one and leaves the old one as it was.
    """

    fields: dict[str, Any]
    main: Version
    cells: dict[str, Cell]
    feed: str | None = None
    voided: frozenset[str] = frozenset()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """What an op finds in one field: its cell, what it shows (None: nothing), and whose that is without a cell."""

    cell: Any
    shown: Any
    main: Version
