"""Which visits are asked for: of a period, a place, a team, a specialist, of a kind, with a result or a service, at a
stage of their review, of the families that words find; and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, nulls_last, or_, select, true

from server import projections
from server.models import Device, Op
from server.reading import search
from server.reading.reach import Reach
from server.standing import ACCEPTED

UNSIGNED, OPEN = "unsigned", "open"
"""Two more stages to ask for: nobody has signed it yet; it is not accepted, whatever it waits for."""
SORTS = ("started", "number", "kind", "result", "stage", "next")


@dataclass(frozen=True, slots=True)
class Filter:
    """``since`` and ``until``: local days, both included. ``territory``: with everything below it. ``worker``: who came
    along. ``text``: words that find families. ``sort``: of SORTS, the newest or the last first where ``down``. None:
    any."""

    since: date
    until: date
    territory: str | None = None
    team: str | None = None
    result: str | None = None
    stage: str | None = None
    kind: str | None = None
    service: str | None = None
    worker: str | None = None
    text: str = ""
    sort: str = "started"
    down: bool = True


def conditions(wanted: Filter, reach: Reach, homes: list[str] | None = None) -> list[ColumnElement[bool]]:
    """Of the visits within reach, joined with what `needed` says. A joint visit is its first record. ``homes``: what
    `homes_of` found."""
    visit, family = projections.table("visit").c, projections.table("family").c
    return [
        visit.started_at >= midnight(wanted.since),
        visit.started_at < midnight(wanted.until + timedelta(days=1)),
        reach.within(family.territory, visit.record, wanted.territory),
        team() == wanted.team if wanted.team else true(),
        visit.result == wanted.result if wanted.result else true(),
        visit.kind == wanted.kind if wanted.kind else true(),
        _at_stage(wanted.stage),
        _with_service(wanted.service) if wanted.service else true(),
        _of_worker(wanted.worker) if wanted.worker else true(),
        true() if homes is None else visit.family.in_(homes),
        is_counted(),
    ]


def is_counted() -> ColumnElement[bool]:
    """Of a joint visit the first record alone. Said so that no engine looks for it by the column's index, which holds
    nearly all visits."""
    return func.coalesce(projections.table("visit").c.joint, "") == ""


def needed(wanted: Filter, reach: Reach) -> list[str]:
    """What must be joined to tell whether a visit matches: counting a region's year is long enough without more."""
    by_place = bool(wanted.territory) or reach.territories is not None
    return ["family"] * by_place + ["trip"] * bool(wanted.team)


def joined(*names: str) -> FromClause:
    """The visits, with the family and the trip that each names."""
    visit: FromClause = projections.table("visit")
    found = visit
    for name in names:
        other = projections.table(name)
        found = found.outerjoin(other, other.c.record == visit.c[name])
    return found


def order(wanted: Filter) -> list[ColumnElement[Any]]:
    """By what the visits are sorted; what is not said comes last."""
    visit, family = projections.table("visit").c, projections.table("family").c
    columns: dict[str, Sequence[Any]] = {
        "number": (func.length(family.number), family.number),
        "kind": (visit.kind,),
        "result": (visit.result,),
        "stage": (visit.stage,),
        "next": (visit.next_visit_due,),
    }
    if wanted.sort == "started":  # every visit of a period has it, and so the index has the order
        return [visit.started_at.desc() if wanted.down else visit.started_at, visit.record]
    first = columns.get(wanted.sort, (visit.started_at,))
    return [nulls_last(each.desc() if wanted.down else each.asc()) for each in first] + [visit.record]


def team() -> Any:
    """The team of the visit's trip; of a visit without one, the team whose tablet wrote it first."""
    visit, trip = projections.table("visit").c, projections.table("trip").c
    written = select(Device.team).join(Op, Op.device == Device.id).where(Op.record == visit.record)
    first = written.order_by(Op.n).limit(1).correlate(visit.record.table)
    return func.coalesce(trip.team, first.scalar_subquery())


def midnight(day: date) -> int:
    """When a local day begins: Unix ms."""
    return int(datetime.combine(day, time(), current_app.config["VYEZD"].timezone).timestamp() * 1000)


def _at_stage(stage: str | None) -> ColumnElement[bool]:
    """A record of the visit is at this stage; it is accepted when all of its records are."""
    visit, other = projections.table("visit").c, projections.table("visit").alias("other").c
    if stage is None:
        return true()
    looked_for = OPEN if stage == ACCEPTED else stage
    others = select(other.joint).where(other.joint.is_not(None), _is_at(other.stage, looked_for))
    if stage == ACCEPTED:
        return and_(visit.stage == ACCEPTED, visit.record.not_in(others))
    return or_(_is_at(visit.stage, stage), visit.record.in_(others))


def _is_at(column: Any, stage: str) -> ColumnElement[bool]:
    if stage == UNSIGNED:
        return cast("ColumnElement[bool]", column.is_(None))
    return or_(column.is_(None), column != ACCEPTED) if stage == OPEN else column == stage


def _with_service(service: str) -> ColumnElement[bool]:
    """The visit, a part of it or another record of the same joint visit names the service."""
    visit, part = projections.table("visit").c, projections.table("visit_part").c
    in_part = select(part.visit).where(part.visit == visit.record, projections.holds(part.services, service))
    return or_(projections.holds(visit.services, service), in_part.exists(), _together("services", service))


def _of_worker(worker: str) -> ColumnElement[bool]:
    """The specialist is named as having come along, wrote a part, or came along in a joint visit."""
    visit, part = projections.table("visit").c, projections.table("visit_part").c
    in_part = select(part.visit).where(part.visit == visit.record, part.worker == worker)
    return or_(projections.holds(visit.participants, worker), in_part.exists(), _together("participants", worker))


def _together(column: str, value: str) -> ColumnElement[bool]:
    visit, other = projections.table("visit"), projections.table("visit").alias("other")
    found = select(other.c.record).where(other.c.joint == visit.c.record, projections.holds(other.c[column], value))
    return found.correlate(visit).exists()


def homes_of(wanted: Filter, reach: Reach, connection: Connection) -> list[str] | None:
    """The families that the words find, search.MOST + 1 at most; None where no words are asked for."""
    if not wanted.text:
        return None
    terms = search.parse(wanted.text, connection)
    return search.families(terms, [], reach, connection) if terms else []
