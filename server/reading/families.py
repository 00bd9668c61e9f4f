"""The list of families: by territory and case status, found by a part of the case number or of a member's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from schemas.text import fold, sort_key
from server import projections, reference, register
from server.db import reading
from server.reading.households import Household, households
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.register import Stored

NAMES = ("surname", "given", "patronymic")
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
    where = _where(wanted, reach)
    with reading() as connection:
        reference.current(connection)
        total = connection.scalar(select(func.count()).select_from(family.record.table).where(*where)) or 0
        query = (
            select(family.record)
            .where(*where)
            .order_by(family.number.is_(None), func.length(family.number), family.number, family.record)
        )
        ids = list(connection.scalars(query.limit(SIZE).offset(offset(number))))
        return Page(_lines(ids, today, connection), total, number)


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
    conditions += [_names(word) for word in fold(wanted.text).split()]
    return conditions


def _names(word: str) -> ColumnElement[bool]:
    """The family's number, or a name of one of its members, has this word as a part."""
    family = projections.table("family").c
    link, person = projections.table("membership").c, projections.table("person").c
    part = f"%{sort_key(word)}%"
    has_name = or_(*(_without_yo(person[f"{name}_sort"]).like(part) for name in NAMES))
    members = select(link.family).join_from(link.record.table, person.record.table, person.record == link.person)
    numbers = (family.number.contains(spelling, autoescape=True) for spelling in {word, word.upper()})
    return or_(*numbers, family.record.in_(members.where(has_name)))


def _without_yo(column: Any) -> ColumnElement[str]:
    """A sort key with ё as е, for people search as they type."""
    return func.replace(column, _YO, _YE)
