"""The list of families: by territory and case status, found by words (search.py), with the people whom they name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from server import projections, reference, register
from server.db import reading
from server.reading import search
from server.reading.households import Household, households
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.reading.search import Found, Term
from server.register import Stored

PEOPLE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """``text``: words, each of which a family or a member of it must meet. None: any."""

    text: str = ""
    territory: str | None = None
    status: str | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether more than words is asked for, which people alone have no answer to."""
        return bool(self.territory or self.status)


@dataclass(frozen=True, slots=True)
class Line:
    """One family of the list, and the fields of its territory."""

    family: Stored
    household: Household
    territory: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """``people``: who was found by name, PEOPLE + 1 at most; ``is_cut``: more families match than are listed."""

    page: Page[Line]
    people: list[Found]
    is_cut: bool


def families(wanted: Filter, reach: Reach, today: date, number: int = 1) -> Listed:
    """The families that match, by case number (2/2026 before 10/2026), those without one last; with a text, also the
    people who match, on the first page."""
    with reading() as connection:
        reference.current(connection)
        terms = search.parse(wanted.text, connection)
        if terms or wanted.text:
            return _searched(wanted, terms, reach, today, number, connection)
        return Listed(_page(_where(wanted, reach), today, reach, number, connection), [], False)


def _searched(
    wanted: Filter, terms: list[Term], reach: Reach, today: date, number: int, connection: Connection
) -> Listed:
    family = projections.table("family").c
    found = search.families(terms, _where(wanted, reach), reach, connection)
    kept = found[: search.MOST]
    people = search.people(terms, kept, reach, connection, PEOPLE + 1) if number == 1 and not wanted.is_narrow else []
    page = _page([family.record.in_(kept)], today, reach, number, connection)
    return Listed(page, people, len(found) > search.MOST)


def _page(
    conditions: list[ColumnElement[bool]], today: date, reach: Reach, number: int, connection: Connection
) -> Page[Line]:
    family = projections.table("family").c
    by_number = (family.number.is_(None), func.length(family.number), family.number, family.record)
    query = select(family.record).where(*conditions).order_by(*by_number).limit(SIZE).offset(offset(number))
    total = connection.scalar(select(func.count()).where(*conditions).select_from(family.record.table)) or 0
    return Page(_lines(list(connection.scalars(query)), today, reach, connection), total, number)


def _lines(ids: list[str], today: date, reach: Reach, connection: Connection) -> list[Line]:
    records = register.fetch(ids, connection)
    who = households(ids, today, reach, connection)
    territories = reference.current().territories
    return [Line(records[id], who[id], territories.get(records[id].fields.get("territory", ""), {})) for id in ids]


def _where(wanted: Filter, reach: Reach) -> list[ColumnElement[bool]]:
    family = projections.table("family").c
    conditions = [reach.within(family.territory, family.record, wanted.territory)]
    return conditions + ([family.case_status == wanted.status] if wanted.status else [])
