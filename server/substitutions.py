"""Substitution: who works in the place of a colleague on leave, from one day to another.

The substitute chooses to act for the absent one, and then has that one's role and places, and no others; what is
written stays under the substitute's own name. What a person is named for (shields) passes to nobody. Every step is in
the audit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, insert, or_, select, update
from sqlalchemy.orm import aliased

from schemas.ids import new_id
from server import audit, clock, people
from server.db import reading, writing
from server.models import Substitution, User
from server.people import Person
from server.roles import Right


class BadPeriod(ValueError):
    """The last day comes before the first, lies in the past, or both are one person."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A substitution; days are local and both included. Names are those of the accounts."""

    id: str
    absent: str
    absent_name: str
    substitute: str
    substitute_name: str
    since: str
    until: str


def make(absent: str, substitute: str, since: date, until: date, by: str = audit.OPERATOR) -> str:
    """Lets one work in the place of another. Returns the substitution's id. Raises BadPeriod."""
    if until < since or until < clock.today() or absent == substitute:
        raise BadPeriod
    now = clock.now()
    row: dict[str, Any] = {"id": new_id(now), "absent": absent, "substitute": substitute, "made_at": now}
    days = {"since": since.isoformat(), "until": until.isoformat()}
    row |= days | {"made_by": None if by == audit.OPERATOR else by}
    with writing() as connection:
        connection.execute(insert(Substitution), row)
    audit.record("substitution", who=by, subject=substitute, absent=absent, days=days)
    return str(row["id"])


def end(id: str, by: str = audit.OPERATOR) -> None:
    """Ends one before its day."""
    gone = update(Substitution).where(Substitution.id == id, Substitution.ended_at.is_(None))
    with writing() as connection:
        connection.execute(gone.values(ended_at=clock.now()))
    audit.record("substitution.ended", who=by, subject=id)


def of(person: str) -> list[Turn]:
    """The present and coming ones in which a person is absent or substitutes."""
    query = _select().where(Substitution.until >= clock.today().isoformat())
    return _read(query.where(or_(Substitution.absent == person, Substitution.substitute == person)))


def open_to(substitute: str) -> list[Turn]:
    """Those in which a person substitutes today."""
    day = clock.today().isoformat()
    return _read(
        _select().where(Substitution.substitute == substitute, Substitution.since <= day, Substitution.until >= day)
    )


def in_place(person: Person, id: str | None) -> Person:
    """The person in the place of the absent one, while the substitution ``id`` is open; else the person as such."""
    turn = next((turn for turn in open_to(person.id) if turn.id == id), None) if id else None
    if turn is None:
        return person
    absent = people.find(turn.absent)
    if not absent.active or absent.may(Right.AUDIT):
        return person
    return replace(
        person, roles=absent.roles, territories=absent.territories, teams=absent.teams, acting_for=absent.name
    )


def _select() -> Select[Any]:
    absent, substitute = aliased(User), aliased(User)
    table = Substitution.__table__.c
    query = select(*table, absent.name.label("absent_name"), substitute.name.label("substitute_name"))
    query = query.join(absent, absent.id == table.absent).join(substitute, substitute.id == table.substitute)
    return query.where(table.ended_at.is_(None)).order_by(table.since, table.id)


def _read(query: Select[Any]) -> list[Turn]:
    with reading() as connection:
        rows: Iterable[Any] = connection.execute(query)
        return [
            Turn(row.id, row.absent, row.absent_name, row.substitute, row.substitute_name, row.since, row.until)
            for row in rows
        ]
