"""Fields with one value at a time: `latest`; `guarded` and `states`, which merge like it but dispute candidates that
differ; and `once`."""

from __future__ import annotations

from typing import Any

from schemas.kinds import FieldRule
from sync.kinds import frontier
from sync.state import Frontier, Past
from sync.versions import Op, Version

Written = tuple[Frontier, Any]


def first(op: Op, value: Any, rule: FieldRule) -> Any:
    """A value shows as it is. Who decided by name has not replaced all that he had seen, and takes a cell."""
    return value if op.office or op.over is None else None


def latest(past: Past, op: Op, version: Version, value: Any, rule: FieldRule) -> Written:
    """What the op has seen is replaced; of concurrent versions the latest shows."""
    after = frontier.written(past, version, value, over(op))
    return after, after.candidates[-1][1] if after.candidates else None


def over(op: Op) -> frontier.Over:
    """A tablet decides a dispute by naming candidates; the office decides all that it has seen."""
    return None if op.office else op.over


def first_state(op: Op, step: Any, rule: FieldRule) -> Any:
    """As any value."""
    return first(op, end(step), rule)


def states(past: Past, op: Op, version: Version, step: Any, rule: FieldRule) -> Written:
    """Whether the step is legal was settled by the op alone; its end is a value like any other."""
    return latest(past, op, version, end(step), rule)


def end(step: Any) -> Any:
    """Of a step `{"from", "to"}` the record shows where it leads."""
    return step and step["to"]


def once(past: Past, op: Op, version: Version, value: Any, rule: FieldRule) -> Written:
    """The earliest shows. A tablet replaces nothing, even knowingly; the office replaces what it has seen."""
    before = _first_values(past)
    is_known = frontier.is_known(version, before.floors, before.bases)
    after = frontier.closed(before, version) if op.office or is_known else before
    if not is_known:
        after = frontier.with_candidate(after, version, value)
    return after, after.candidates[0][1] if after.candidates else None


def _first_values(past: Past) -> Frontier:
    """A main version of a tablet has replaced nothing either."""
    if past.cell is None and past.shown is not None and not past.main.office:
        return Frontier(((past.main, past.shown),), {}, {})
    return frontier.of(past)
