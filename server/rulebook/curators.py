"""One active curator a family: two at the same time are a matter. The day on which one hands over to the next may be
both's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import Row

from server.register import Held
from server.rulebook.base import Finding, Judged, Rule, View, grouped, values

KIND = "curators"
CURATOR = "curator"


def _keys(view: View, changed: Sequence[Held]) -> set[str]:
    return values(changed, "assignment", "family")


def _judge(view: View, keys: set[str]) -> Judged:
    rows = view.rows("assignment", "family", keys, "family", "role", "worker", "date_from", "date_to")
    judged = Judged(set(keys))
    for (family,), own in grouped((row for row in rows if row.role == CURATOR), "family").items():
        clashing = {row.record for pair in combinations(own, 2) if _clash(*pair) for row in pair}
        if clashing:
            judged.findings.append(Finding(KIND, family, None, {"records": sorted(clashing)}))
    return judged


def _clash(one: Row[Any], other: Row[Any]) -> bool:
    """Two people whose times share more than the day of handing over; for ever where no end is written."""
    later_start = max(one.date_from or "", other.date_from or "")
    earlier_end = min(one.date_to or "9999", other.date_to or "9999")
    return bool(one.worker != other.worker and later_start < earlier_end)


RULE = Rule(KIND, frozenset({"assignment"}), _keys, _judge)
