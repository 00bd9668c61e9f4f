"""Joint visits: a family, a trip and a day make one visit, however many tablets opened one.

Nothing is moved: each record goes on by itself. The first of them stands for all (`joint` of the others names it, in
the projection), so that a visit is counted once. A matter only where their kinds or results differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, null, select, update

from server import clock, epoch, projections
from server.inbox import chunks
from server.register import Held, Register
from server.rulebook.base import Finding, Judged, Rule, View, values

KIND = "joint"
COMPARED = ("kind", "result")


def _keys(view: View, changed: Sequence[Held]) -> set[str]:
    return values(changed, "visit", "trip")


def _judge(view: View, keys: set[str]) -> Judged:
    rows = view.rows("visit", "trip", keys, "family", "trip", "started_at", *COMPARED, "joint")
    judged = Judged({row.record for row in rows})
    roots: dict[str, str] = {}
    for same in _classes(rows):
        roots |= {row.record: same[0].record for row in same[1:]}
        differ = [name for name in COMPARED if len({getattr(row, name) for row in same}) > 1]
        if differ:
            detail = {"records": [row.record for row in same], "fields": differ}
            judged.findings.append(Finding(KIND, same[0].record, differ[0], detail))
    _keep(view.connection, [*rows, *_without_trip(view)], roots)
    return judged


def _without_trip(view: View) -> list[Row[Any]]:
    """The visits that changed and are of no trip (any more)."""
    changed = [held.id for held in view.register.dirty if held.type == "visit" and not held.fields.get("trip")]
    return view.rows("visit", "record", changed, "joint") if changed else []


def _classes(rows: Iterable[Row[Any]]) -> list[list[Row[Any]]]:
    """The visits that are one, the first on top."""
    days: dict[tuple[str, str, str], list[Row[Any]]] = {}
    for row in rows:
        if row.family and row.started_at is not None:
            days.setdefault((row.family, row.trip, clock.local_day(row.started_at)), []).append(row)
    return [sorted(same, key=lambda row: row.record) for same in days.values() if len(same) > 1]


def _keep(connection: Connection, rows: Iterable[Row[Any]], roots: dict[str, str]) -> None:
    visit = projections.table("visit")
    for row in rows:
        if row.joint != roots.get(row.record):
            value = roots.get(row.record) or null()
            connection.execute(update(visit).where(visit.c.record == row.record).values(joint=value))


def refill(connection: Connection) -> None:
    """Says anew which visits are one, where the projection was made anew."""
    visit, now = projections.table("visit").c, clock.now()
    view = View(connection, Register(connection, epoch.lives(connection), locking=False), "", now)
    twice = select(visit.trip).where(visit.trip.is_not(None)).group_by(visit.family, visit.trip)
    for part in chunks(list(connection.scalars(twice.having(func.count() > 1).distinct()))):
        _judge(view, set(part))


RULE = Rule(KIND, frozenset({"visit"}), _keys, _judge)
