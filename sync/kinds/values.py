"""Fields with one value at a time: `latest`; `guarded` and `states`, which merge like it but dispute candidates that
differ; and `once`."""

from __future__ import annotations

from typing import Any

from schemas.kinds import FieldRule
from sync.kinds import frontier
from sync.state import Frontier, Past
from sync.versions import Op, Version, has_seen

Written = tuple[Frontier, Any]


def first(op: Op, value: Any, rule: FieldRule) -> Any:
    """A value shows as it is."""
    return value


def latest(past: Past, op: Op, version: Version, value: Any, rule: FieldRule) -> Written:
    """What the op has seen is replaced; of concurrent versions the latest shows."""
    after = frontier.put(frontier.of(past), op, version, value, over(op))
    return after, after.candidates[-1][1] if after.candidates else None


def over(op: Op) -> frontier.Over:
    """A tablet decides a dispute by naming candidates; the office decides all that it has seen."""
    return None if op.office else op.over


def first_state(op: Op, step: Any, rule: FieldRule) -> Any:
    """Of a step `{"from", "to"}` the record shows where it leads."""
    return step and step["to"]


def states(past: Past, op: Op, version: Version, step: Any, rule: FieldRule) -> Written:
    """Whether the step is legal was settled by the op alone; its end is a value like any other."""
    return latest(past, op, version, first_state(op, step, rule), rule)


def once(past: Past, op: Op, version: Version, value: Any, rule: FieldRule) -> Written:
    """The earliest shows. A tablet replaces nothing, even knowingly; the office replaces what it has seen."""
    before = _first_values(past)
    after = _corrected(before, op, version) if op.office else before
    if not frontier.is_replaced(version, before.floors):
        candidates = frontier.in_order((*after.candidates, (version, value)))
        after = Frontier(candidates, after.floors, after.bases)
    return after, after.candidates[0][1] if after.candidates else None


def _first_values(past: Past) -> Frontier:
    """A main version of a tablet has replaced nothing either."""
    if past.cell is None and past.shown is not None and not past.main.office:
        return Frontier(((past.main, past.shown),), {}, {})
    return frontier.of(past)


def _corrected(before: Frontier, op: Op, version: Version) -> Frontier:
    """Who has seen a version has seen its device's earlier ones, which here may still stand or come late: so only an
    office op raises floors, its own and those of what it has seen."""
    seen = [standing for standing, _ in before.candidates if has_seen(op, standing)]
    floors = frontier.raised(before.floors, version, *seen)
    rest = tuple(
        (standing, value)
        for standing, value in before.candidates
        if standing not in seen and not frontier.is_replaced(standing, floors)
    )
    return Frontier(rest, floors, frontier.based(before.bases, version))
