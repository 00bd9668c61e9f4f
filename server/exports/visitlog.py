"""The журнал выездов as rows: visits of a period, the oldest first, with the trip they belong to and the referrals that
came of them. No federal form exists: these are the columns that regions' own forms are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from server import projections, reference, register
from server.db import reading
from server.exports.sheets import Cell
from server.inbox import chunks
from server.reading import visitlog
from server.reading.reach import Reach
from server.reading.visitlog import Filter, Line
from server.reading.words import Words
from server.register import Stored

Day = date
PAGE = 500
TITLE = ("Журнал выездов", "Log of visits")
UNPLANNED = ("внеплановое", "unplanned")
HEADERS = (
    ("№", "No."),
    ("Дата", "Date"),
    ("Бригада", "Team"),
    ("Маршрут", "Route"),
    ("Населённый пункт", "Settlement"),
    ("ОКТМО", "OKTMO"),
    ("Номер дела", "Case number"),
    ("Семья", "Family"),
    ("Вид", "Kind"),
    ("Цель", "Purpose"),
    ("Результат", "Result"),
    ("Услуги", "Services"),
    ("Направления", "Referrals"),
    ("Следующее посещение", "Next visit"),
    ("Подпись", "Signature"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; texts are in the reader's language."""

    n: int
    date: datetime | None  # local, to be said without its zone
    team: str
    route: str
    place: str
    oktmo: str
    number: str
    family: str
    kind: str
    purpose: str
    result: str
    services: str
    referrals: str
    next: Day | None


def headers(words: Words) -> list[str]:
    """The columns of the log."""
    return [words.pick(each) for each in HEADERS]


def rows(wanted: Filter, reach: Reach, words: Words) -> Iterator[list[Cell]]:
    """The log as cells."""
    for each in entries(wanted, reach, words):
        yield [
            each.n, each.date, each.team, each.route, each.place, each.oktmo, each.number, each.family, each.kind,
            each.purpose, each.result, each.services, each.referrals, each.next, None,
        ]  # fmt: skip


def entries(wanted: Filter, reach: Reach, words: Words) -> Iterator[Entry]:
    """The log, day by day, so that no page of it lies far behind the first."""
    n = 0
    for lines in _days(wanted, reach):
        trips, sent = _trips(lines), _referrals(lines)
        for line in lines:
            n += 1
            yield _entry(n, line, trips, sent, words)


def _days(wanted: Filter, reach: Reach) -> Iterator[list[Line]]:
    """The visits of each day that has any, the earliest first."""
    day = wanted.since
    while day <= wanted.until:
        lines: list[Line] = []
        number, more = 1, True
        while more:
            page = visitlog.visits(replace(wanted, since=day, until=day), reach, number, PAGE).page
            lines += page.rows
            number, more = number + 1, page.has_next
        if lines:
            yield sorted(lines, key=lambda line: (line.visit.fields.get("started_at") or "", line.visit.id))
        day += timedelta(days=1)


def _entry(n: int, line: Line, trips: dict[str, Stored], sent: dict[str, list[str]], words: Words) -> Entry:
    visit = line.visit.fields

    def said(name: str, value: Any = None) -> str:
        return words.value("visit", name, visit.get(name) if value is None else value)

    began, due = visit.get("started_at"), visit.get("next_visit_due")
    return Entry(
        n=n,
        date=datetime.fromisoformat(began).astimezone(words.zone).replace(tzinfo=None) if began else None,
        team=str(line.team.get("name") or ""),
        route=_route(trips.get(visit.get("trip") or "")),
        place=str(line.territory.get("name") or ""),
        oktmo=str(line.territory.get("oktmo") or ""),
        number=line.number or "",
        family=(line.household.head if line.household else None) or "",
        kind=said("kind") + ("" if visit.get("planned") is not False else ", " + words.pick(UNPLANNED)),
        purpose=visit.get("purpose") or "",
        result=said("result"),
        services=said("services", line.services),
        referrals="; ".join(sent.get(line.visit.id, ())),
        next=date.fromisoformat(due) if due else None,
    )


def _route(trip: Stored | None) -> str:
    """The territories of a trip, by name."""
    known = reference.current().territories
    ids = trip.fields.get("territories") or () if trip else ()
    return ", ".join(str(known[id].get("name", "")) for id in ids if id in known)


def _trips(lines: Sequence[Line]) -> dict[str, Stored]:
    return register.fetch({id for line in lines if (id := line.visit.fields.get("trip"))})


def _referrals(lines: Sequence[Line]) -> dict[str, list[str]]:
    """Visit → to whom the family was referred at it."""
    referral = projections.table("referral").c
    found: dict[str, list[str]] = {}
    with reading() as connection:
        query = select(referral.record, referral.visit).order_by(referral.record)
        at = {
            row.record: row.visit
            for part in chunks([line.visit.id for line in lines])
            for row in connection.execute(query.where(referral.visit.in_(part)))
        }
        for id, record in sorted(register.fetch(at, connection).items()):
            found.setdefault(at[id], []).append(str(record.fields.get("to", "")))
    return found
