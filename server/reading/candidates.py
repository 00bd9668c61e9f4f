"""The families that a trip might visit: those of the team's territories within reach, who were promised a visit by the
trip's last day first, then those whom nobody has seen for the longest time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from server import projections, reference, register
from server.db import reading
from server.reading import search
from server.reading.households import Household, households
from server.reading.reach import Reach
from server.register import Stored

SHOWN = 40
PROMISED, UNSEEN = "promised", "unseen"
ENDED = "closed"


@dataclass(frozen=True, slots=True)
class Filter:
    """``territory``: with everything below it; ``text``: words that the family or a member of it meets; ``why``:
    PROMISED or UNSEEN."""

    territory: str | None = None
    text: str = ""
    why: str = PROMISED


@dataclass(frozen=True, slots=True)
class Candidate:
    """A family with the fields of its territory. ``promised``: the day by which a visit is due (ISO), if one is."""

    family: Stored
    household: Household
    territory: dict[str, Any]
    promised: str | None


def candidates(trip: Stored, wanted: Filter, reach: Reach, today: date, but: set[str]) -> tuple[list[Candidate], bool]:
    """SHOWN families at most, and whether there are more; ``but``: ids of those who are on the route already."""
    with reading() as connection:
        family = projections.table("family").c
        conditions = _conditions(trip, wanted, reach, connection)
        rows: list[tuple[str, str | None]]
        if wanted.text:
            terms = search.parse(wanted.text, connection)
            found = search.families(terms, conditions, reach, connection) if terms else []
            rows = [(id, None) for id in found]
        elif wanted.why == UNSEEN:
            query = (
                select(family.record).where(*conditions).order_by(family.last_contact.is_not(None), family.last_contact)
            )
            rows = [(id, None) for id in connection.scalars(query.limit(SHOWN + len(but) + 1))]
        else:
            rows = _promised(trip, conditions, len(but), connection)
        rows = [(id, day) for id, day in rows if id not in but]
        return _candidates(rows[:SHOWN], reach, today, connection), len(rows) > SHOWN


def _conditions(trip: Stored, wanted: Filter, reach: Reach, connection: Connection) -> list[ColumnElement[bool]]:
    """Supported families where the trip's tablets can read them."""
    family = projections.table("family").c
    known = reference.current(connection)
    places = {feed for feed in known.feeds_of_team(trip.fields.get("team")) if known.is_territory(feed)}
    for id in trip.fields.get("confirmed_territories") or ():
        places |= known.within(id)
    return [
        family.territory.in_(sorted(places)),
        reach.within(family.territory, family.record, wanted.territory),
        or_(family.case_status.is_(None), family.case_status != ENDED),
    ]


def _promised(
    trip: Stored, conditions: list[ColumnElement[bool]], more: int, connection: Connection
) -> list[tuple[str, str | None]]:
    """Families with a visit due by the trip's last day and no later visit, the longest overdue first."""
    family, visit = projections.table("family").c, projections.table("visit").c
    later = projections.table("visit").alias("later").c
    came_since = select(later.record).where(later.family == visit.family, later.started_at > visit.started_at)
    due = func.min(visit.next_visit_due)
    query = (
        select(family.record, due)
        .join_from(family.record.table, visit.record.table, visit.family == family.record)
        .where(visit.next_visit_due <= trip.fields.get("date_to", ""), ~came_since.exists(), *conditions)
        .group_by(family.record)
        .order_by(due, family.record)
    )
    return [(row[0], row[1]) for row in connection.execute(query.limit(SHOWN + more + 1))]


def _candidates(
    rows: list[tuple[str, str | None]], reach: Reach, today: date, connection: Connection
) -> list[Candidate]:
    ids = [id for id, _ in rows]
    records, who = register.fetch(ids, connection), households(ids, today, reach, connection)
    places = reference.current(connection).territories
    return [
        Candidate(records[id], who[id], places.get(records[id].fields.get("territory", ""), {}), day)
        for id, day in rows
        if id in records
    ]
