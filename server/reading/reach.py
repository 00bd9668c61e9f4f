"""What a person of the office may see: the feeds of their territories, of the teams at work there, and `reference`.

442-ФЗ art. 6: who works for one district does not read another's families.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, select, true

from server import reference
from server.inbox import chunks
from server.models import Placement
from server.people import Person


@dataclass(frozen=True, slots=True)
class Reach:
    """``territories`` and ``teams``: ids within reach, None for all."""

    territories: frozenset[str] | None = None
    teams: frozenset[str] | None = None

    def has(self, record: Any) -> ColumnElement[bool]:
        """A condition: the record with this id (a column) sits in a feed within reach."""
        if self.territories is None:
            return true()
        return exists(select(1).where(Placement.record == record, Placement.gone.is_(False), self._feed()))

    def within(self, column: Any, territory: str | None = None) -> ColumnElement[bool]:
        """A condition: this territory column lies within reach and, if given, in a territory or below it."""
        limits = [reference.current().within(territory)] if territory else []
        limits += [] if self.territories is None else [self.territories]
        return and_(true(), *(column.in_(sorted(limit)) for limit in limits))

    def team(self, column: Any) -> ColumnElement[bool]:
        """A condition: this team column lies within reach."""
        return true() if self.teams is None else column.in_(sorted(self.teams))

    def sees(self, record: str, connection: Connection) -> bool:
        """Whether one record is within reach."""
        return bool(connection.scalar(select(self.has(record))))

    def seen(self, records: Iterable[str], connection: Connection) -> set[str]:
        """Those of these records that are within reach."""
        wanted = set(records)
        if self.territories is None:
            return wanted
        query = select(Placement.record).where(Placement.gone.is_(False), self._feed())
        parts = (query.where(Placement.record.in_(part)) for part in chunks(sorted(wanted)))
        return {id for part in parts for id in connection.scalars(part)}

    def _feed(self) -> ColumnElement[bool]:
        feeds = [*(self.territories or ()), *(f"team:{team}" for team in self.teams or ()), "reference"]
        return Placement.feed.in_(sorted(feeds))


def is_placed(record: Any) -> ColumnElement[bool]:
    """A condition: the record with this id (a column) exists and sits in some feed."""
    return exists(select(1).where(Placement.record == record, Placement.gone.is_(False)))


def of(person: Person) -> Reach:
    """The reach of a person; without territories of their own, everything."""
    if not person.territories:
        return Reach()
    known = reference.current()
    territories = frozenset().union(*(known.within(id) for id in person.territories))
    teams = frozenset(
        id for id, fields in known.teams.items() if not territories.isdisjoint(_all_of(fields.get("territories") or []))
    )
    return Reach(territories, teams)


def _all_of(territories: list[str]) -> frozenset[str]:
    return frozenset().union(*(reference.current().within(id) for id in territories))
