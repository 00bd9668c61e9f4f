"""What is overdue: the next visit to a family, a referral, a signal to be checked, a returned record to be mended.

Here days count, and an entry opens though nobody wrote anything: `due` names what a new day has made overdue
(server/overdue.py asks once a day).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, not_, select

from schemas.records.referral import OPEN
from server import projections
from server.bulk import among
from server.register import Held
from server.rulebook.base import Finding, Judged, Rule, View, values

KIND = "overdue"
VISIT = "next_visit_due"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A field of a record that has a day by which something is done, and when it is still waited for."""

    type: str
    due: str
    state: str
    waits: Callable[[Any], bool]


DEADLINES = (
    Deadline("referral", "due", "status", lambda state: state is None or state in OPEN),
    Deadline("need_signal", "due", "status", lambda state: state in (None, "received", "checking")),
    Deadline("visit", "review_due", "stage", lambda stage: stage == "returned"),
    Deadline("living_conditions_act", "review_due", "stage", lambda stage: stage == "returned"),
    Deadline("urgent_service_act", "review_due", "stage", lambda stage: stage == "returned"),
)


def _keys(view: View, changed: Sequence[Held]) -> set[str]:
    own = {held.id for held in changed if held.type in {each.type for each in DEADLINES}}
    return own | values(changed, "visit", "family") | {held.id for held in changed if held.type == "family"}


def _due(view: View, since: str) -> set[str]:
    visit = projections.table("visit").c
    passed = visit.next_visit_due.between(since, view.today)
    keys = {id for id in view.connection.scalars(select(visit.family).where(passed)) if id}
    for each in DEADLINES:
        table = projections.table(each.type).c
        keys |= set(view.connection.scalars(select(table.record).where(table[each.due].between(since, view.today))))
    return keys


def _judge(view: View, keys: set[str]) -> Judged:
    judged = Judged(set(keys))
    for row in _unvisited(view, keys):
        detail = {"records": [row.record], "due": row.next_visit_due}
        judged.findings.append(Finding(KIND, row.family, VISIT, detail))
    for deadline in DEADLINES:
        for row in view.rows(deadline.type, "record", keys, deadline.due, deadline.state):
            due, state = getattr(row, deadline.due), getattr(row, deadline.state)
            if due and due < view.today and deadline.waits(state):
                judged.findings.append(Finding(KIND, row.record, deadline.due, {"due": due}))
    return judged


def _unvisited(view: View, families: set[str]) -> Iterable[Any]:
    """Of these families, while they are supported, the last visit, where it promised another that is overdue; of
    visits that began together, one."""
    visit, later = projections.table("visit").c, projections.table("visit").alias("later").c
    family = projections.table("family").c
    is_last = not_(
        select(later.record).where(later.family == visit.family, later.started_at > visit.started_at).exists()
    )
    query = (
        select(func.min(visit.record).label("record"), visit.family, func.max(visit.next_visit_due).label(VISIT))
        .join(family.record.table, family.record == visit.family)
        .where(visit.next_visit_due < view.today, is_last, family.case_status.is_distinct_from("closed"))
        .group_by(visit.family)
        .order_by(visit.family)
    )
    return view.connection.execute(query.where(among(visit.family, sorted(families))))


TYPES = frozenset({"family", "visit", *(each.type for each in DEADLINES)})
RULE = Rule(KIND, TYPES, _keys, _judge, _due)
