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


@dataclass(frozen=True, slots=True)
class Frontier:
    """What stands in a field, or for one element of a set (kinds/frontier.py).

    `candidates`: the versions that nobody has replaced, with their values, in version order. `floors`: device → the
    seq below which its versions are replaced. `bases`: epoch → the highest base of an op that replaced all it had
    seen, which tells a restored server what was replaced before.
    """

    candidates: tuple[Candidate, ...]
    floors: Mapping[str, int]
    bases: Mapping[str, int]


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


@dataclass(slots=True)
class Record:
    """One record. `fields`: what is shown, as on the wire; `feed`: where an op last placed it.

    Merging makes a new one and leaves the old one as it was.
    """

    fields: dict[str, Any]
    main: Version
    cells: dict[str, Cell]
    feed: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What an op finds in one field: its cell, what it shows (None: nothing), and whose that is without a cell."""

    cell: Any
    shown: Any
    main: Version
