"""Who of the office a matter can be given to: whoever looks at the queue and works where the reader does."""

from __future__ import annotations

from server import people, reference
from server.people import Person
from server.reading.reach import Reach
from server.roles import Right


def colleagues(reach: Reach) -> list[tuple[str, str]]:
    """(id, name), by name."""
    return [(each.id, each.name) for each in people.list_users() if _is_near(each, reach)]


def _is_near(person: Person, reach: Reach) -> bool:
    if not person.active or not person.may(Right.QUEUE):
        return False
    if person.is_unbounded or reach.territories is None:
        return True
    known = reference.current()
    theirs = frozenset().union(*(known.within(id) for id in person.territories))
    return not theirs.isdisjoint(reach.territories) or not person.teams.isdisjoint(reach.teams or ())
