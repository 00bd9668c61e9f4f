"""Fields with one value at a time: `latest`, `guarded` (the same, but candidates that differ are disputed), `states`
(guarded too) and `once`."""

from __future__ import annotations

from typing import Any

from schemas.kinds import FieldRule
from sync.kinds import frontier
from sync.state import Frontier, Past
from sync.versions import Op, Version, has_seen


def first(op: Op, value: Any, rule: FieldRule) -> Any:
    """A value shows as it is."""
    return value


def latest(past: Past, op: Op, version: Version, value: Any, rule: FieldRule) -> tuple[Frontier, Any]:
    """What the op has seen is replaced; of concurrent versions the latest shows."""
    after = frontier.put(frontier.of(past), op, version, value, over(op))
    return after, after.candidates[-1][1] if after.candidates else None


def over(op: Op) -> frontier.Over:
    """A tablet decides by naming candidates; what the office has seen, it has decided."""
    return None if op.office else op.over


def first_state(op: Op, step: Any, rule: FieldRule) -> Any:
    """Of a step `{"from", "to"}` the record shows where it leads."""
    return step and step["to"]


def states(past: Past, op: Op, version: Version, step: Any, rule: FieldRule) -> tuple[Frontier, Any]:
    """Whether a step is legal was settled by the op alone; here its end is a value like any other."""
    return latest(past, op, version, first_state(op, step, rule), rule)


def once(past: Past, op: Op, version: Version, value: Any, rule: FieldRule) -> tuple[Frontier, Any]:
    """The earliest shows. A tablet replaces nothing, even knowingly; an office op replaces what it has seen."""
    before = _once_of(past)
    after = _corrected(before, op, version) if op.office else before
    if not frontier.is_under(before.floors, version):
        candidates = frontier.in_order((*after.candidates, (version, value)))
        after = Frontier(candidates, after.floors, after.bases)
    return after, after.candidates[0][1] if after.candidates else None


def _once_of(past: Past) -> Frontier:
    if past.cell is None and past.shown is not None and not past.main.office:
        return Frontier(((past.main, past.shown),), {}, {})
    return frontier.of(past)


def _corrected(before: Frontier, op: Op, version: Version) -> Frontier:
    """Under `once` a floor means "replaced by the office". Who has seen a version has seen its device's earlier ones,
    and no tablet has replaced those: they go with it, and stay gone when they come late."""
    seen = [standing for standing, _ in before.candidates if has_seen(op, standing)]
    floors = frontier.raised(before.floors, version, *seen)
    rest = tuple(
        (standing, value)
        for standing, value in before.candidates
        if standing not in seen and not frontier.is_under(floors, standing)
    )
    return Frontier(rest, floors, frontier.based(before.bases, version))
