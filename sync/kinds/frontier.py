"""The bounded state under `latest`, `guarded`, `once`, `states`, and under each element of a set.

By definition a version stands until a writer of the field that had seen it replaces it. A frontier keeps what
stands and needs no history for the rest:

- An op replaces, on arrival, what it has seen. What its author saw through the server arrived before it.
- What arrives *after* an op that had seen it can only be the same device's, with a lower seq: the floors tell.
  Such a late op does not stand; what it has seen is replaced all the same.
- Seeing is transitive. But the last link of a chain is itself a writer that has seen the version and replaces it,
  so no chain need be followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.state import Candidate, Frontier, Past
from sync.versions import Op, Version, has_seen

Over = tuple[str, ...] | None
"""The op ids that alone are replaced; None: all that were seen."""

NOTHING = Frontier((), {}, {})


def of(past: Past) -> Frontier:
    """The field's frontier; without a cell, what the main version alone left."""
    cell: Frontier | None = past.cell
    if cell is not None:
        return cell
    return NOTHING if past.shown is None else alone(past.main, past.shown)


def alone(version: Version, value: Any) -> Frontier:
    """The frontier of a field with one writer."""
    return Frontier(((version, value),), raised({}, version), based({}, version))


def put(before: Frontier, op: Op, version: Version, value: Any, over: Over = None) -> Frontier:
    """The op writes a value."""
    after = passed(before, op, version, over)
    if is_replaced(version, before.floors):
        return after
    return Frontier(in_order((*after.candidates, (version, value))), after.floors, after.bases)


def passed(before: Frontier, op: Op, version: Version, over: Over = None) -> Frontier:
    """The op goes over the field and leaves nothing of its own."""
    candidates = tuple(candidate for candidate in before.candidates if not replaces(op, candidate[0], over))
    bases = based(before.bases, version) if over is None else before.bases
    return Frontier(candidates, raised(before.floors, version), bases)


def replaces(op: Op, version: Version, over: Over) -> bool:
    """Of what the op has seen: all, or those that it names and those of its own device."""
    named = over is None or version.op in over or version.device == op.device
    return named and has_seen(op, version)


def is_replaced(version: Version, floors: Mapping[str, int]) -> bool:
    """Whether the floors tell that a later op of its own device has replaced the version."""
    return not version.forked and version.seq < floors.get(version.device, 0)


def raised(floors: Mapping[str, int], *versions: Version) -> Mapping[str, int]:
    """The floors after these versions. A forked device raises none: its seqs say nothing."""
    after = dict(floors)
    for version in versions:
        if not version.forked:
            after[version.device] = max(version.seq, after.get(version.device, 0))
    return after


def based(bases: Mapping[str, int], version: Version) -> Mapping[str, int]:
    """The bases after an op that replaced all it had seen."""
    return bases if version.base <= bases.get(version.epoch, 0) else {**bases, version.epoch: version.base}


def in_order(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """The candidates in version order."""
    return candidates if len(candidates) < 2 else tuple(sorted(candidates, key=lambda each: each[0].order))
