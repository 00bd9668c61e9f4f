"""`counter`: the sum of all steps, shown within ±2**53, which every JSON reader keeps exactly."""

from __future__ import annotations

from typing import Any

from schemas.kinds import FieldRule
from sync.state import Past, Tally
from sync.versions import Op, Version

BOUND = 2**53


def first(op: Op, step: int, rule: FieldRule) -> int | None:
    """A step shows as it is, unless it is out of bounds."""
    return step if -BOUND <= step <= BOUND else None


def count(past: Past, op: Op, version: Version, step: int, rule: FieldRule) -> tuple[Tally | None, Any]:
    """The step is added to the exact sum: if that saturated too, the order of arrival would matter."""
    exact = (past.cell.exact if past.cell else past.shown or 0) + step
    shown = max(-BOUND, min(exact, BOUND))
    return None if shown == exact else Tally(exact), shown
