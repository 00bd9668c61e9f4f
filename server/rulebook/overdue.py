"""What is overdue: the next visit to a family, a referral, a signal to be checked, a returned record to be mended.

Here days count, and an entry opens though nobody wrote anything: `due` names what a new day has made overdue
(server/overdue.py asks once a day).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, func, select, union_all

from schemas.records.referral import OPEN
from server import clock, projections
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
        may_be = {id for id in keys if (held := view.register.get(id)) is None or held.type == deadline.type}
        for record, due, state in _passed(view, deadline, may_be):
            if deadline.waits(state):
                judged.findings.append(Finding(KIND, record, deadline.due, {"due": due}))
    return judged


def _passed(view: View, deadline: Deadline, records: set[str]) -> Iterable[Any]:
    """Record, day and state of those of these records whose day has passed."""
    if not records:
        return ()
    table = projections.table(deadline.type).c
    query = select(table.record, table[deadline.due], table[deadline.state]).where(table[deadline.due] < view.today)
    return view.connection.execute(query.where(among(table.record, sorted(records))))


def _unvisited(view: View, families: set[str]) -> Iterable[Any]:
    """Of these families, while they are supported, the last visit, and those that have not begun, where they promised
    another that is overdue; of several, one. Colleagues write a visit each: the latest promise of its day counts."""
    last, began = _last_began(families), projections.table("visit").c.started_at
    parts = (_promised(view, last, began >= _midnight(last.c.began, view.now)), _promised(view, last, began.is_(None)))
    found = union_all(*parts).subquery("promised").c
    query = select(func.min(found.record).label("record"), found.family, func.max(found.due).label(VISIT))
    return view.connection.execute(query.group_by(found.family).order_by(found.family))


def _promised(view: View, last: CTE, which: ColumnElement[bool]) -> Select[Any]:
    """One of these visits to each family and the latest day that they promised, where it has passed."""
    visit = projections.table("visit").c
    latest = func.max(visit.next_visit_due)
    query = select(func.min(visit.record).label("record"), visit.family, latest.label("due"))
    query = query.join_from(last, visit.family.table, visit.family == last.c.family)
    query = query.where(which, visit.next_visit_due.is_not(None))
    return query.group_by(visit.family).having(latest < view.today)


def _midnight(moment: ColumnElement[int], now: int) -> ColumnElement[int]:
    """When the region's day of a moment (Unix ms) began, by the offset that its clocks have now."""
    return moment - (moment + clock.ahead_of_utc(now)) % clock.DAY_MS


def _last_began(families: set[str]) -> CTE:
    """When the last visit to each of these families began, made before visits are looked at: one step in an index each,
    whatever their number."""
    visit, family = projections.table("visit").c, projections.table("family").c
    began = select(func.max(visit.started_at)).where(visit.family == family.record).scalar_subquery()
    query = select(family.record.label("family"), began.label("began"))
    supported = family.case_status.is_distinct_from("closed")
    return query.where(supported, among(family.record, sorted(families))).cte("last").prefix_with("MATERIALIZED")


TYPES = frozenset({"family", "visit", *(each.type for each in DEADLINES)})
RULE = Rule(KIND, TYPES, _keys, _judge, _due)
