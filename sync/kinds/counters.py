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
    total = exact(past) + step
    shown = bounded(total)
    return None if shown == total else Tally(total), shown


def exact(past: Past) -> int:
    """The sum so far."""
    total: int = past.cell.exact if past.cell else past.shown or 0
    return total


def bounded(total: int) -> int:
    """The nearest number that can be shown."""
    return max(-BOUND, min(total, BOUND))
