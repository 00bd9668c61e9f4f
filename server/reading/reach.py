"""What a person of the office may see: the feeds of their territories, of their teams, and `reference`; what sits apart
(shields.py) only where they are named for it. The one place for pages, counts, searches, names and exports; tablets are
held to the same feeds in scope.py.

442-ФЗ art. 6: who works for one district does not read another's families, unless opened for a stated reason
(openings.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, not_, select, true

from schemas.placement import REFERENCE
from server import clock, frozen, openings, reference, shields, trips
from server.bulk import outside
from server.inbox import chunks
from server.models import Feed, Mention, Placement
from server.people import Person
from server.placement import CASE_PREFIX
from server.roles import Right


@dataclass(frozen=True, slots=True)
class Reach:
    """``territories`` and ``teams``: ids within reach, None for all. ``named``: the feeds of what sits apart that the
    person is named for. ``opened``: ids of records outside that are open to the person for a time."""

    territories: frozenset[str] | None = None
    teams: frozenset[str] | None = None
    named: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()

    @property
    def own(self) -> Reach:
        """The same without what is open for a time: that may be read and not written."""
        return replace(self, opened=frozenset())

    def has(self, record: Any) -> ColumnElement[bool]:
        """A condition for lists: the record with this id (a column) sits in a feed within reach."""
        if self.territories is None:
            return self.shows(record)
        return exists(select(1).where(Placement.record == record, self._is_near()))

    def shows(self, record: Any) -> ColumnElement[bool]:
        """A condition: the record with this id (a column) does not sit apart, unless the person is named for it."""
        is_always_there = getattr(record, "nullable", True) is False
        return outside(record if is_always_there else func.coalesce(record, ""), self._apart())

    def within(self, column: Any, record: Any, territory: str | None = None) -> ColumnElement[bool]:
        """A condition for lists: this territory column lies within reach and, if given, in a territory or below it;
        the record (a column) is shown."""
        limits = [reference.current().within(territory)] if territory else []
        limits += [] if self.territories is None else [self.territories]
        return and_(self.shows(record), *(column.in_(sorted(limit)) for limit in limits))

    def among(self, territory: str | None) -> frozenset[str] | None:
        """The territories within reach, or those of them that lie in one; None for all."""
        if territory is None:
            return self.territories
        within = reference.current().within(territory)
        return within if self.territories is None else within & self.territories

    def covers(self, territories: frozenset[str] | None) -> bool:
        """Whether all of these territories (None: all there are) are within reach."""
        return frozen.holds(self.territories, territories)

    def team(self, column: Any) -> ColumnElement[bool]:
        """A condition: this team column lies within reach."""
        return true() if self.teams is None else column.in_(sorted(self.teams))

    def knows_all_named_by(self, op: Any) -> ColumnElement[bool]:
        """A condition: the kept op with this number (a column) names nothing that sits apart from this person."""
        named = select(1).where(Mention.n == op, Mention.record.in_(self._apart()))
        return not_(exists(named))

    def sees(self, record: str, connection: Connection) -> bool:
        """Whether one record is within reach."""
        return record in self.seen([record], connection)

    def seen(self, records: Iterable[str], connection: Connection) -> set[str]:
        """Those of these records that are within reach, what is open for a time included."""
        wanted = sorted(set(records))
        found = set() if self.territories is not None else set(wanted)
        for part in chunks(wanted):
            among = select(Placement.record).where(Placement.record.in_(part))
            if self.territories is not None:
                found.update(connection.scalars(among.where(self._is_near())))
                found |= self.opened.intersection(part)
            found.difference_update(connection.scalars(among.where(Placement.record.in_(self._apart()))))
        return found

    def _is_near(self) -> ColumnElement[bool]:
        """A condition on a placement: it is in a feed within reach. Only for who has territories or teams."""
        feeds = [*(self.territories or ()), *(f"team:{team}" for team in self.teams or ()), REFERENCE, *self.named]
        return and_(Placement.gone.is_(False), Placement.feed.in_(sorted(feeds)))

    def _apart(self) -> Select[Any]:
        """Few records sit apart, so they are named and not looked up one by one."""
        feeds = select(Feed.id).where(Feed.id.startswith(CASE_PREFIX), Feed.id.not_in(sorted(self.named)))
        apart = select(Placement.record).where(Placement.gone.is_(False), Placement.feed.in_(feeds))
        if not self.named:
            return apart
        mine = select(Placement.record).where(Placement.gone.is_(False), Placement.feed.in_(sorted(self.named)))
        return apart.where(Placement.record.not_in(mine))


EVERYBODY = Reach()
"""All that does not sit apart."""
NOTHING = Reach(frozenset(), None)
"""For who sees no family's data: only what is in the feed `reference`, and which teams and tablets there are."""


def is_placed(record: Any) -> ColumnElement[bool]:
    """A condition: the record with this id (a column) exists and sits in some feed."""
    return exists(select(1).where(Placement.record == record, Placement.gone.is_(False)))


def of(person: Person) -> Reach:
    """The reach of a person by their rights, territories and teams; without either, everything that is not apart."""
    if not person.may(Right.FAMILIES):
        return NOTHING
    named = shields.feeds_of(person.id)
    if not person.territories and not person.teams:
        return Reach(named=named)
    known, now = reference.current(), clock.now()
    territories = frozenset().union(*(known.within(id) for id in person.territories))
    teams = person.teams.union(
        id for id, fields in known.teams.items() if not territories.isdisjoint(_all_of(fields.get("territories") or []))
    )
    for team in person.teams:  # the case team: what its tablets read, its people read
        territories |= _all_of(known.teams.get(team, {}).get("territories") or []) | trips.confirmed_feeds(team, now)
    return Reach(territories, teams, named, openings.records_of(person.id, now))


def _all_of(territories: list[str]) -> frozenset[str]:
    return frozenset().union(*(reference.current().within(id) for id in territories))
