"""The list of families: by territory and case status, found by words (search.py), with the people whom they name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from server import projections, reference, register
from server.db import reading
from server.reading import familyfilter, search
from server.reading.familyfilter import Filter, conditions
from server.reading.households import Household, households
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.reading.search import Found, Term
from server.register import Stored

PEOPLE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One family of the list, the fields of its territory, the codes of its categories (of itself or a member) and the
    ids of its curators today."""

    family: Stored
    household: Household
    territory: dict[str, Any]
    categories: list[str]
    curators: list[str]


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
        return Listed(_page(conditions(wanted, reach, today), today, reach, number, connection), [], False)


def _searched(
    wanted: Filter, terms: list[Term], reach: Reach, today: date, number: int, connection: Connection
) -> Listed:
    family = projections.table("family").c
    found = search.families(terms, conditions(wanted, reach, today), reach, connection)
    kept = found[: search.MOST]
    people = search.people(terms, kept, reach, connection, PEOPLE + 1) if number == 1 and not wanted.is_narrow else []
    page = _page([family.record.in_(kept)], today, reach, number, connection)
    return Listed(page, people, len(found) > search.MOST)


def _page(
    conditions: list[ColumnElement[bool]], today: date, reach: Reach, number: int, connection: Connection
) -> Page[Line]:
    family = projections.table("family").c
    query = select(family.record).where(*conditions).order_by(*_order()).limit(SIZE).offset(offset(number))
    total = connection.scalar(select(func.count()).where(*conditions).select_from(family.record.table)) or 0
    return Page(_lines(list(connection.scalars(query)), today, reach, connection), total, number)


class TooMany(ValueError):
    """More families match the words than search tells of: they cannot be counted."""


def all_ids(wanted: Filter, reach: Reach, today: date) -> list[str]:
    """The ids of all families that match, in the order of the list. Raises TooMany."""
    with reading() as connection:
        reference.current(connection)
        matching = conditions(wanted, reach, today)
        if wanted.text:
            terms = search.parse(wanted.text, connection)
            found = search.families(terms, matching, reach, connection) if terms else []
            if len(found) > search.MOST:
                raise TooMany
            matching = [projections.table("family").c.record.in_(found)]
        query = select(projections.table("family").c.record).where(*matching)
        return list(connection.scalars(query.order_by(*_order())))


def listed(ids: list[str], today: date, reach: Reach) -> list[Line]:
    """Those of these families that are within reach, in this order."""
    with reading() as connection:
        reference.current(connection)
        seen = reach.seen(ids, connection)
        known = register.fetch(seen, connection)
        return _lines([id for id in ids if id in known], today, reach, connection)


def _lines(ids: list[str], today: date, reach: Reach, connection: Connection) -> list[Line]:
    records = register.fetch(ids, connection)
    who = households(ids, today, reach, connection)
    territories = reference.current().territories
    categories, curators = familyfilter.of_families(ids, today, reach, connection)
    return [
        Line(
            records[id],
            who[id],
            territories.get(records[id].fields.get("territory", ""), {}),
            categories.get(id, []),
            curators.get(id, []),
        )
        for id in ids
    ]


def _order() -> tuple[ColumnElement[Any], ...]:
    """By case number (2/2026 before 10/2026), those without one last."""
    family = projections.table("family").c
    return family.number.is_(None), func.length(family.number), family.number, family.record
