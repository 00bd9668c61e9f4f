"""The merged state of one record, bounded by its fields and devices, not by its history.

The op that made the record is its `main` version. A field (of a set: an element) without a cell was written by `main` alone,
so a fresh record has no cells at all; the first later op on a field gives it one. What each cell forgets, and why nobody
misses it, is said in kinds/frontier.py and proved in tests/sync/test_law.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.versions import Version

Candidate = tuple[Version, Any]


@dataclass(frozen=True, slots=True)
class Frontier:
    """What stands in a field, or for one element of a set.

    `candidates`: the versions that nobody has replaced, in version order, with their values. `floors`: device → the seq
    up to which its versions are replaced or stand here. `bases`: epoch → the highest base that replaced all it had seen.
    """

    candidates: tuple[Candidate, ...]
    floors: Mapping[str, int]
    bases: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SetCell:
    """The elements that a later op touched, by key: the unseen adds of each."""

    elements: Mapping[str, Frontier]


@dataclass(frozen=True, slots=True)
class LogCell:
    """(device, seq) of each rendered entry: what version order needs and an entry does not show."""

    writers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """The exact sum of a counter that shows its bound."""

    exact: int


Cell = Frontier | SetCell | LogCell | Tally


@dataclass(slots=True)
class Record:
    """A record: `fields` as shown on the wire, `feed` as last placed by an op. Merging makes a new one, never changes one."""

    fields: dict[str, Any]
    main: Version
    cells: dict[str, Cell]
    feed: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What an op finds in one field: its cell, what is shown (None: nothing), and whose that is without a cell."""

    cell: Any
    shown: Any
    main: Version
