"""What an author may reach: decided for each op before it is merged.

A tablet reaches the records that sit in its feeds. An op that names anything outside (the record itself, a reference,
a place to move to) is stored and placed by nobody but the office. A record that does not exist looks just like one
out of reach, so that answers tell nothing; an op that named one goes on by itself once that record has come within
reach (``waits``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import Connection, select

from schemas.base import Changes
from schemas.messages import Errors
from schemas.placement import Apart, InTeam, InTerritory, Reference, WithParent
from server import reference, shapes
from server.authors import Author
from server.bulk import among
from server.inbox import Entry
from server.models import Placement
from server.register import Held, Register
from server.shapes import Shape

_PLACEMENT = Placement.__table__.c
_FEEDS = select(_PLACEMENT.feed).distinct()


@dataclass(frozen=True, slots=True)
class Outside:
    """An op that must not be merged now. ``waits``: the record whose coming within reach lets it go on. ``proposal``:
    it lies within reach, but writes what only the office may write: an office person takes it over or not."""

    waits: str | None = None
    proposal: bool = False


def identity_errors(author: Author, entry: Entry) -> Errors:
    """What a tablet's op claims that its author is not: a worker of the tablet's team, or the office, which alone
    voids."""
    if author.office or entry.head is None:
        return {}
    if entry.head.void:
        return {"void": ["void.office"]}
    if author.vouched or entry.head.by is None:
        return {}
    known = reference.current().has_belonged(entry.head.by, author.team, _day(author.enrolled_at))
    return {} if known else {"by": ["worker.foreign"]}


@lru_cache(maxsize=1 << 10)
def _day(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).date().isoformat()


def outside(author: Author, entry: Entry, register: Register) -> Outside | None:
    """Why an op must be stored and not merged, or None."""
    if author.scope is None:
        return None
    head, changes = entry.head, entry.changes
    assert head is not None
    assert changes is not None
    shape = shapes.of(head.type)
    places, held = _places(shape, entry), register.get(head.id)
    if author.revoked or isinstance(shape.feed, Reference | Apart) or not places <= author.scope:
        return Outside()
    if held is None and not _makes(shape, entry, places):
        return Outside(waits=head.id)
    if held is not None and not _reaches(author, head.id, register):
        return Outside(waits=head.id)
    missing = next((id for id in _references(shape, changes) if not _reaches(author, id, register)), None)
    if missing:
        return Outside(waits=missing)
    return Outside(proposal=True) if _is_office_only(shape, changes, register.get(head.id)) else None


def _is_office_only(shape: Shape, changes: Changes, held: Held | None) -> bool:
    """Whether an op writes a field or a value of the office, or in a record that shows such a value."""
    written = {*changes.set, *changes.add, *changes.remove, *changes.inc}
    if any(not shape.is_free(field, changes.set.get(field)) for field in shape.office & written):
        return True
    shown = held.fields if held else {}
    return any(
        is_reserved(changes.set.get(field)) or is_reserved(shown.get(field)) for field, is_reserved in shape.reserved
    )


def _places(shape: Shape, entry: Entry) -> set[str]:
    """The feeds that an op names by itself."""
    assert entry.head is not None
    assert entry.changes is not None
    feeds = {entry.head.feed} if entry.head.feed else set()
    if isinstance(shape.feed, InTerritory | InTeam) and (value := entry.changes.set.get(shape.feed.field)):
        feeds.add(value if isinstance(shape.feed, InTerritory) else f"team:{value}")
    return feeds


def _makes(shape: Shape, entry: Entry, places: set[str]) -> bool:
    """Whether this op makes its record: who had it on screen did not, and is answered as if it lay out of reach."""
    assert entry.head is not None
    assert entry.changes is not None
    if entry.head.base:
        return False
    return bool(places) or (
        isinstance(shape.feed, WithParent) and bool(entry.changes.set.get(shape.feed.among(entry.changes.set)))
    )


def _reaches(author: Author, id: str, register: Register) -> bool:
    held = register.get(id)
    if held is None:
        return False
    return author.reaches(held.feeds_before) if held.stored else True


def _references(shape: Shape, changes: Changes) -> list[str]:
    """The ids of ordinary records that an op names (those in the feed `reference` are in everybody's reach)."""
    written, added = changes.set, changes.add
    named = [value for name in shape.bounded if (value := written.get(name))]
    if added:
        named += [id for name in shape.bounded for id in added.get(name, ())]
    return named


def records_in(entries: Iterable[Entry]) -> set[str]:
    """The ids of the records that these ops need: their own and those they name."""
    needed: set[str] = set()
    for entry in entries:
        if entry.head is not None and entry.changes is not None and not entry.errors:
            needed.add(entry.head.id)
            needed.update(_references(shapes.of(entry.head.type), entry.changes))
    return needed


def feeds_in(connection: Connection, entries: Iterable[Entry], records: Iterable[str]) -> set[str]:
    """The feeds that a batch is likely to write: those it names and those in which its records sit."""
    good = [entry for entry in entries if entry.head is not None and not entry.errors]
    feeds = {feed for entry in good for feed in _places(shapes.of(entry.head.type), entry)}  # type: ignore[union-attr]
    if any(isinstance(shapes.of(name).feed, Reference) for name in {entry.head.type for entry in good}):  # type: ignore[union-attr]
        feeds.add("reference")
    return feeds.union(connection.scalars(_FEEDS.where(among(_PLACEMENT.record, sorted(records)))))
