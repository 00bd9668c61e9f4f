"""The journal of a month and what hinders its closing: visits that nobody has signed, that wait for the office, or that
were returned; whose they are, and how to phone them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, distinct, func, select

from server import projections, reference
from server.db import reading
from server.history import Writer
from server.models import Op
from server.reading import visitfilter, writers
from server.reading.households import heads
from server.reading.joint import Part, of_firsts
from server.reading.reach import Reach
from server.reading.visitfilter import OPEN, Filter
from server.standing import ACCEPTED, RETURNED, SUBMITTED

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A visit that is not accepted yet, by its record that is not. ``stage``: None where nobody has signed it.
    ``family``: what it is called."""

    visit: str
    started_at: int
    family: str | None
    stage: str | None
    writer: Writer | None


@dataclass(frozen=True, slots=True)
class MonthLog:
    """Of the month from ``since`` to ``until``, due on ``due``, in ``days``. ``number`` of visits hinder its closing;
    ``first``: the oldest of them."""

    since: date
    until: date
    due: date
    days: int
    number: int
    first: list[Hindrance]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Signed visits that are not accepted: ``late`` of the returned ones should have been mended by now."""

    submitted: int
    returned: int
    late: int


def month_log(today: date, due_day: int, reach: Reach) -> MonthLog:
    """The journal that is due next. ``due_day``: of the month after."""
    since, due = due_next(today, due_day)
    number, first = hindrances(since, reach, SHOWN)
    return MonthLog(since, last_day(since), due, (due - today).days, number, first)


def hindrances(month: date, reach: Reach, most: int) -> tuple[int, list[Hindrance]]:
    """How many visits hinder the closing of a month (its first day), and the oldest of them."""
    wanted = Filter(month, last_day(month), stage=OPEN, down=False)
    with reading() as connection:
        reference.current(connection)
        visit, joined = projections.table("visit").c, visitfilter.joined(*visitfilter.needed(wanted, reach))
        matching = visitfilter.conditions(wanted, reach)
        number = connection.scalar(select(func.count()).select_from(joined).where(*matching)) or 0
        query = select(visit.record, visit.started_at, visit.family).select_from(joined)
        rows = list(connection.execute(query.where(*matching).order_by(*visitfilter.order(wanted)).limit(most)))
        names = heads((row.family for row in rows if row.family), reach, connection)
        hindering = _hindering([row.record for row in rows], connection)
        who = _writers([part.visit.id for part in hindering.values()], connection)
    found = [(row, hindering[row.record], names.get(row.family)) for row in rows]
    return number, [
        Hindrance(part.visit.id, row.started_at, name, part.stage, who.get(part.visit.id)) for row, part, name in found
    ]


def last_day(month: date) -> date:
    """The last day of the month that begins so."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def waiting(today: date, reach: Reach) -> Waiting:
    """Of whatever month."""
    visit, family = projections.table("visit").c, projections.table("family").c
    once = func.count(distinct(func.coalesce(visit.joint, visit.record)))
    late = once.filter(visit.review_due < today.isoformat())
    query = select(visit.stage, once, late).select_from(visit.record.table)
    query = query.outerjoin(family.record.table, family.record == visit.family)
    query = query.where(visit.stage.in_((SUBMITTED, RETURNED)))
    with reading() as connection:
        reference.current(connection)
        rows = connection.execute(query.where(reach.within(family.territory, visit.record)).group_by(visit.stage))
        found = {stage: (number, overdue) for stage, number, overdue in rows}
    return Waiting(found.get(SUBMITTED, (0, 0))[0], *found.get(RETURNED, (0, 0)))


def due_next(today: date, due_day: int) -> tuple[date, date]:
    """(first day of the month whose journal is due next, the day on which it is)."""
    this = today.replace(day=1)
    if today.day <= due_day:
        return (this - timedelta(days=1)).replace(day=1), today.replace(day=due_day)
    return this, (this + timedelta(days=31)).replace(day=due_day)


def _hindering(firsts: list[str], connection: Connection) -> dict[str, Part]:
    """The first record of a visit → that of its records which is not accepted."""
    found = of_firsts(firsts, connection).items()
    return {first: next(part for part in parts if part.stage != ACCEPTED) for first, parts in found}


def _writers(visits: list[str], connection: Connection) -> dict[str, Writer]:
    """Visit → who wrote it first."""
    first: dict[str, str] = {}
    for row in connection.execute(select(Op.record, Op.op).where(Op.record.in_(visits)).order_by(Op.n)):
        first.setdefault(row.record, row.op)
    who = writers.of_ops(first.values(), connection)
    return {visit: who[op] for visit, op in first.items()}
