"""The merge kinds, one small function each (protocol, section 3, "Merge kinds").

`write(past, op, version, change, rule)` gives the field's new cell and what it shows; None: no cell, nothing. The
`change` is what the op says of the field: a value, a step, or for sets and logs (adds, removes).

`first(op, change, rule)` is the short way of a record's first op: what the field shows without a cell, or None
when it takes one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemas.kinds import FieldRule, Kind
from sync.kinds import counters, extremes, logs, sets, values
from sync.state import Cell, Past
from sync.versions import Op, Version

Write = Callable[[Past, Op, Version, Any, FieldRule], tuple[Cell | None, Any]]
First = Callable[[Op, Any, FieldRule], Any]


@dataclass(frozen=True, slots=True)
class MergeKind:
    """How a kind merges. `guards`: candidates that differ are disputed, and people must decide."""

    write: Write
    first: First = values.first
    guards: bool = False


KINDS = {
    Kind.LATEST: MergeKind(values.latest),
    Kind.GUARDED: MergeKind(values.latest, guards=True),
    Kind.ONCE: MergeKind(values.once, guards=True),
    Kind.STATES: MergeKind(values.states, values.first_state, guards=True),
    Kind.MAX: MergeKind(extremes.largest),
    Kind.MIN: MergeKind(extremes.smallest),
    Kind.SET: MergeKind(sets.update, sets.first),
    Kind.COUNTER: MergeKind(counters.count, counters.first),
    Kind.LOG: MergeKind(logs.append, logs.first),
}
