"""The region in figures, each with its unit, counted from the register: families with children, children, and children
in each category that regions publish. Categories overlap and are never summed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import Connection, func, or_, select

from server import projections
from server.db import reading
from server.models import Device, Op, Record
from server.reading.households import CHILDREN, is_here, is_living_minor

PART = 2_000
OF_FAMILY, OF_CHILD = ("low_income", "sop"), "disabled_child"


@dataclass(frozen=True, slots=True)
class Figure:
    """``name``: what is counted; ``unit``: family or child."""

    name: str
    unit: str
    value: int


@dataclass(frozen=True, slots=True)
class Figures:
    """``is_synthetic``: the people of this register were made by a generator; ``records``: how many of each type."""

    day: date
    figures: list[Figure]
    is_synthetic: bool
    records: dict[str, int]
    ops: int


def count(day: date) -> Figures:
    """The figures of a day."""
    with reading() as connection:
        homes = _homes(day, connection)
        families = {family for each in homes.values() for family in each}
        figures = [Figure("families", "family", len(families)), Figure("children", "child", len(homes))]
        for code in OF_FAMILY:
            named = _named(code, day, connection)
            value = sum(child in named or not named.isdisjoint(each) for child, each in homes.items())
            figures.append(Figure(code, "child", value))
        figures.append(Figure(OF_CHILD, "child", len(homes.keys() & _named(OF_CHILD, day, connection))))
        return Figures(day, figures, _is_synthetic(connection), _records(connection), _ops(connection))


def _homes(day: date, connection: Connection) -> dict[str, list[str]]:
    """Each child (a minor in a family on that day) → its families."""
    link, person, family = (projections.table(name).c for name in ("membership", "person", "family"))
    query = select(link.person, link.family, person.birth_date, person.died, Record.body)
    query = query.join_from(link.record.table, person.record.table, person.record == link.person)
    query = query.join(family.record.table, family.record == link.family).join(Record, Record.id == link.record)
    homes: dict[str, list[str]] = {}
    for row in connection.execute(query.where(link.role.in_(CHILDREN)).execution_options(yield_per=PART)):
        periods = orjson.loads(row.body)["fields"].get("periods") or []
        if is_living_minor(row, day) and is_here(periods, day):
            homes.setdefault(row.person, []).append(row.family)
    return homes


def _named(code: str, day: date, connection: Connection) -> set[str]:
    """The families and people who are in a category on a day."""
    category = projections.table("category").c
    until = or_(category.date_to.is_(None), category.date_to >= day.isoformat())
    query = select(category.family, category.person).where(category.code == code, until)
    rows = connection.execute(query.where(category.date_from <= day.isoformat()))
    return {id for row in rows for id in (row.family, row.person) if id}


def is_synthetic() -> bool:
    """Whether the people of this register were made by a generator."""
    with reading() as connection:
        return _is_synthetic(connection)


def _is_synthetic(connection: Connection) -> bool:
    demo = select(Device.id).where(Device.kind == "import", Device.name == "demo").limit(1)
    return connection.scalar(demo) is not None


def _records(connection: Connection) -> dict[str, int]:
    query = select(Record.type, func.count()).where(Record.deleted.is_(False)).group_by(Record.type)
    return {row[0]: row[1] for row in connection.execute(query.order_by(Record.type))}


def _ops(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(Op)) or 0
