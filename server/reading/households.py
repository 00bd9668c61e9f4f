"""Who a family is: the parent or guardian it is called by, and its children. Computed from memberships, in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from server import clock, projections, register
from server.inbox import chunks
from server.reading.reach import Reach

CHILDREN = ("child", "ward")
OF_AGE = 18
_HEADS = ("mother", "father", "guardian", "foster_parent", "step_parent", "grandparent")


@dataclass(frozen=True, slots=True)
class Member:
    """A membership and its person (None: unknown, or apart from the reader). ``here``: belongs to the family today;
    ``periods``: [{from, to}]; ``died``: the day, month or year, None while alive."""

    id: str
    person: str | None
    role: str | None
    is_representative: bool
    name: str
    birth_date: str | None
    disability: str | None
    periods: list[dict[str, str]]
    here: bool
    died: str | None

    @property
    def is_child(self) -> bool:
        """By role; whether of age is another question."""
        return self.role in CHILDREN


@dataclass(frozen=True, slots=True)
class Household:
    """``head``: the name the family is called by, None when nobody is known; ``children``: minors in it today."""

    head: str | None
    children: int
    members: list[Member]


def households(families: Iterable[str], today: date, reach: Reach, connection: Connection) -> dict[str, Household]:
    """Family id → who belongs to it, for each of these; two queries for 400 families. Who sits apart has no name."""
    ids = sorted(set(families))
    rows = [row for part in chunks(ids) for row in _rows(part, reach, connection)]
    bodies = register.fetch((row.record for row in rows), connection)
    members: dict[str, list[Member]] = {id: [] for id in ids}
    for row in rows:
        members[row.family].append(_member(row, bodies[row.record].fields.get("periods") or [], today))
    return {id: _household(each, today) for id, each in members.items()}


def heads(families: Iterable[str], reach: Reach, connection: Connection) -> dict[str, str]:
    """Family id → the name it is called by today, for those of which somebody is known."""
    found = households(families, clock.today(), reach, connection)
    return {id: each.head for id, each in found.items() if each.head}


def _rows(families: Iterable[str], reach: Reach, connection: Connection) -> list[Row[Any]]:
    link, person = projections.table("membership").c, projections.table("person").c
    query = select(
        link.record, link.family, person.record.label("person"), link.role, link.is_legal_representative,
        person.surname, person.given, person.patronymic, person.birth_date, person.disability, person.died,
    )  # fmt: skip
    is_shown = and_(person.record == link.person, reach.shows(person.record))
    query = query.outerjoin_from(link.record.table, person.record.table, is_shown)
    return list(connection.execute(query.where(link.family.in_(families))))


def _member(row: Row[Any], periods: list[dict[str, str]], today: date) -> Member:
    return Member(
        id=row.record,
        person=row.person,
        role=row.role,
        is_representative=bool(row.is_legal_representative),
        name=" ".join(filter(None, (row.surname, row.given, row.patronymic))),
        birth_date=row.birth_date,
        disability=row.disability,
        periods=periods,
        here=is_here(periods, today),
        died=row.died,
    )


def _household(members: list[Member], today: date) -> Household:
    ordered = sorted(members, key=_rank)
    heads = [each.name for each in ordered if not each.is_child and each.name]
    return Household(
        head=next(iter([*heads, *(each.name for each in ordered if each.name)]), None),
        children=sum(each.here and each.is_child and is_living_minor(each, today) for each in members),
        members=ordered,
    )


def _rank(member: Member) -> tuple[bool, bool, int, str]:
    role = _HEADS.index(member.role) if member.role in _HEADS else len(_HEADS)
    return not member.here, not member.is_representative, role, member.birth_date or "9"


def is_here(periods: list[dict[str, str]], today: date) -> bool:
    """Whether a member belongs to the family on a day; who has no periods does."""
    day = today.isoformat()
    return not periods or any(each.get("from", "") <= day <= (each.get("to") or "9999") for each in periods)


def is_living_minor(who: Any, day: date) -> bool:
    """Whether somebody with a ``birth_date`` and a ``died`` (ISO, as far as known) was a living child on a day."""
    today, born, died = day.isoformat(), who.birth_date or "", who.died or "9999"
    return is_minor(who.birth_date, day) and born <= today[: len(born)] and today[: len(died)] <= died


def is_minor(born: str | None, today: date) -> bool:
    """Not yet eighteen for certain; who has no birth date counts as a child."""
    return born is None or born > f"{today.year - OF_AGE}{today.isoformat()[4:]}"[: len(born)]
