"""What became of a child cannot be two things at once: two placements on one day, anything after death, one outcome
counted twice. What another record reverses does not count, nor does the reversal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from server.register import Held
from server.rulebook.base import Finding, Judged, Rule, View, grouped, values

KIND = "outcomes"
PLACEMENTS = frozenset(
    {
        "returned_to_birth",
        "guardianship_preliminary",
        "guardianship_unpaid",
        "guardianship_paid",
        "adoption",
        "institution",
    }
)
DIED = "died"


def _keys(view: View, changed: Sequence[Held]) -> set[str]:
    return values(changed, "outcome", "child")


def _judge(view: View, keys: set[str]) -> Judged:
    rows = view.rows("outcome", "child", keys, "child", "kind", "date", "reverses")
    judged = Judged(set(keys))
    for (child,), own in grouped(rows, "child").items():
        why = {name: sorted(records) for name, records in _clashes(standing(own)) if records}
        if why:
            records = sorted({id for each in why.values() for id in each})
            judged.findings.append(Finding(KIND, child, None, {"records": records, "why": sorted(why)}))
    return judged


def standing(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The outcomes that count: neither reversed nor reversals."""
    reversed_ones = {row.reverses for row in rows if row.reverses}
    return [row for row in rows if row.record not in reversed_ones and not row.reverses]


def _clashes(rows: Sequence[Row[Any]]) -> Iterator[tuple[str, set[str]]]:
    """(why, ids of the records that clash)."""
    for (_day,), same_day in grouped(rows, "date").items():
        placed = [row for row in same_day if row.kind in PLACEMENTS]
        if len({row.kind for row in placed}) > 1:
            yield "placements", {row.record for row in placed}
    for _, same in grouped(rows, "date", "kind").items():
        if len(same) > 1:
            yield "twice", {row.record for row in same}
    deaths = [row for row in rows if row.kind == DIED and row.date]
    later = [row for row in rows for death in deaths if row.date and row.date > death.date]
    if later:
        yield "after_death", {row.record for row in [*deaths, *later]}


RULE = Rule(KIND, frozenset({"outcome"}), _keys, _judge)
