"""The list of families: by territory and case status, found by a part of the case number or of a member's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from schemas.text import fold, sort_key
from server import projections, reference, register
from server.db import reading
from server.reading.households import Household, households
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.register import Stored

NAMES = ("surname", "given", "patronymic")
MOST_NAMES = 1_000_000
_YO, _YE = sort_key("ё"), sort_key("е")


@dataclass(frozen=True, slots=True)
class Filter:
    """``text``: words, each a part of the number or of a name. None: any."""

    text: str = ""
    territory: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One family of the list, and the fields of its territory."""

    family: Stored
    household: Household
    territory: dict[str, Any]


def families(wanted: Filter, reach: Reach, today: date, number: int = 1) -> Page[Line]:
    """The families that match, by case number (2/2026 before 10/2026), those without one last."""
    family = projections.table("family").c
    query = select(family.record, func.count().over().label("total")).where(*_where(wanted, reach))
    by_number = (family.number.is_(None), func.length(family.number), family.number, family.record)
    with reading() as connection:
        reference.current(connection)
        rows = list(connection.execute(query.order_by(*by_number).limit(SIZE).offset(offset(number))))
        lines = _lines([row.record for row in rows], today, connection)
        return Page(lines, rows[0].total if rows else 0, number)


def _lines(ids: list[str], today: date, connection: Connection) -> list[Line]:
    records = register.fetch(ids, connection)
    who = households(ids, today, connection)
    territories = reference.current().territories
    return [Line(records[id], who[id], territories.get(records[id].fields.get("territory", ""), {})) for id in ids]


def _where(wanted: Filter, reach: Reach) -> list[ColumnElement[bool]]:
    family = projections.table("family").c
    conditions = [reach.within(family.territory, wanted.territory)]
    if wanted.status:
        conditions.append(family.case_status == wanted.status)
    conditions += [_has(word) for word in fold(wanted.text).split()]
    return conditions


def _has(word: str) -> ColumnElement[bool]:
    """The family's number or, where the word has no digit, a name of one of its members, has it as a part."""
    family = projections.table("family").c
    in_number = or_(*(family.number.contains(spelling, autoescape=True) for spelling in {word, word.upper()}))
    return in_number if any(map(str.isdigit, word)) else or_(in_number, family.record.in_(_named(word)))


def _named(word: str) -> Select[tuple[str]]:
    """The families one of whose members has a name with this part; ё and е are the same."""
    link, person = projections.table("membership").c, projections.table("person").c
    has_name = or_(*(column.in_(_spellings(column, word)) for column in (person[f"{name}_sort"] for name in NAMES)))
    members = select(link.family).join_from(link.record.table, person.record.table, person.record == link.person)
    return members.where(has_name)


def _spellings(column: ColumnElement[str], word: str) -> Select[tuple[str]]:
    """The sort keys with this part. Each distinct one is looked at once, which the limit makes the engines do first."""
    names = select(column.label("name")).distinct().limit(MOST_NAMES).subquery().c.name
    return select(names).where(func.replace(names, _YO, _YE).contains(sort_key(word)))
