"""What was done in a month: visits and families by territory, beside the year to date and the same periods of last
year; and visits month by month. A joint visit counts once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import Connection, case, distinct, func, select

from server import clock, projections, reference
from server.db import reading
from server.models import Op
from server.reading.reach import Reach
from server.reading.visitfilter import is_counted, midnight

PERIODS = ("month", "month_before", "year", "year_before")


QUICK_MS, KEPT_MS, KEPT_FOR = 50, 5 * 60 * 1000, 64


@dataclass(frozen=True, slots=True)
class Count:
    """``held``: of the visits those that took place; ``families``: each once."""

    visits: int = 0
    held: int = 0
    families: int = 0

    def __add__(self, other: Count) -> Count:
        """Of two places: a family sits in one."""
        return Count(self.visits + other.visits, self.held + other.held, self.families + other.families)


@dataclass(frozen=True, slots=True)
class Place:
    """A district, or a service territory of the reader's only one. ``counts``: period of PERIODS → what was done."""

    id: str
    name: str
    counts: dict[str, Count] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Activity:
    """``days``: period → its first and last day. ``places``: by name; ``total``: period → all of it. ``months``: of
    this year, (visits of this year, None while it lies ahead; of last year)."""

    days: dict[str, tuple[date, date]]
    places: list[Place]
    total: dict[str, Count]
    months: list[tuple[int | None, int]]


class _Kept(NamedTuple):
    """``cost``: how long it took, ms. ``head``: the last op that it knew."""

    activity: Activity
    at: int
    cost: int
    head: int


def kept(today: date, reach: Reach, now: int) -> tuple[Activity, int]:
    """The same and when it was counted (Unix ms): anew where that is quick or something has been written since, but
    what takes long at most every five minutes."""
    cache = current_app.extensions.setdefault("vyezd.activity", {})
    with reading() as connection:
        head = connection.scalar(select(func.max(Op.n))) or 0
    found = cache.get((today, reach))
    if found is None or (found.head != head and (found.cost < QUICK_MS or now - found.at > KEPT_MS)):
        started = clock.now()
        counted = activity(today, reach)
        found = _Kept(counted, now, clock.now() - started, head)
        if len(cache) >= KEPT_FOR:
            cache.clear()
        cache[today, reach] = found
    return found.activity, found.at


def activity(today: date, reach: Reach) -> Activity:
    """Of the present month and year up to today."""
    days = periods(today)
    with reading() as connection:
        reference.current(connection)
        counted = {name: _count(days[name], reach, connection) for name in PERIODS}
        months = _months(today, reach, connection)
    places = _places(counted)
    total = {name: sum((each.counts[name] for each in places), Count()) for name in PERIODS}
    return Activity(days, places, total, months)


def periods(today: date) -> dict[str, tuple[date, date]]:
    """Month and year to date, and the same days of last year."""
    before = _year_before(today)
    return {
        "month": (today.replace(day=1), today),
        "month_before": (before.replace(day=1), before),
        "year": (today.replace(month=1, day=1), today),
        "year_before": (before.replace(month=1, day=1), before),
    }


def _year_before(day: date) -> date:
    """The same day of last year; of 29 February the 28th."""
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


def _count(days: tuple[date, date], reach: Reach, connection: Connection) -> dict[str, Count]:
    """Territory → what was done there; "" for families that are gone or sit nowhere yet."""
    visit, family = projections.table("visit").c, projections.table("family").c
    held = func.sum(case((visit.result == "held", 1), else_=0))
    query = select(family.territory, func.count(), held, func.count(distinct(visit.family)))
    query = query.outerjoin_from(visit.record.table, family.record.table, family.record == visit.family)
    query = query.where(*_within(days, reach)).group_by(family.territory)
    return {row[0] or "": Count(*row[1:]) for row in connection.execute(query)}


def _within(days: tuple[date, date], reach: Reach) -> Iterator[Any]:
    visit, family = projections.table("visit").c, projections.table("family").c
    yield visit.started_at >= midnight(days[0])
    yield visit.started_at < midnight(days[1] + timedelta(days=1))
    yield is_counted()
    yield reach.within(family.territory, visit.record)


def _places(counted: dict[str, dict[str, Count]]) -> list[Place]:
    """By district; where there is one alone, by the territories in it."""
    known = reference.current()
    territories = {territory for each in counted.values() for territory in each}
    district = {territory: known.district_of(territory) or territory for territory in territories}
    home = district if len(set(district.values())) > 1 else {territory: territory for territory in territories}
    places: dict[str, Place] = {}
    for territory in territories:
        id = home[territory]
        name = str(known.territories.get(id, {}).get("name", ""))
        places.setdefault(id, Place(id, name, defaultdict(Count)))
    for period, found in counted.items():
        for territory, count in found.items():
            places[home[territory]].counts[period] += count
    return sorted(places.values(), key=lambda place: place.name)


def _months(today: date, reach: Reach, connection: Connection) -> list[tuple[int | None, int]]:
    firsts = [date(year, month, 1) for year in (today.year - 1, today.year) for month in range(1, 13)]
    ends = [*firsts[1:], date(today.year + 1, 1, 1)]
    visit, family = projections.table("visit").c, projections.table("family").c
    sums = [_sum_of(visit.started_at, first, end) for first, end in zip(firsts, ends, strict=True)]
    query = select(*sums).select_from(visit.record.table)
    if reach.territories is not None:
        query = query.join(family.record.table, family.record == visit.family)
    row = list(connection.execute(query.where(*_within((firsts[0], today), reach))).one())
    return list(zip(_so_far(row[12:], today), (each or 0 for each in row[:12]), strict=True))


def _so_far(numbers: Iterable[int | None], today: date) -> list[int | None]:
    return [(number or 0) if month <= today.month else None for month, number in enumerate(numbers, 1)]


def _sum_of(moment: Any, first: date, end: date) -> Any:
    return func.sum(case(((moment >= midnight(first)) & (moment < midnight(end)), 1), else_=0))
