"""Whom to ask about a matter: the tablets in use that wrote its values; where there is none, those whose team reads the
record."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from server import reference, shields
from server.models import Device
from server.reading import matters, writers
from server.reading.matters import Matter
from server.reading.names import named
from server.reading.reach import Reach
from server.reading.words import Words


@dataclass(frozen=True, slots=True)
class Askable:
    """``tablets``: ids. ``record``: that the matter is about, None where it is not there yet."""

    matter: Matter
    record: str | None
    tablets: set[str]
    words: Words


def find(key: str, reach: Reach, words: Words, connection: Connection) -> Askable | None:
    """None where there is no such matter within reach."""
    matter = matters.find(key, reach, connection)
    if matter is None:
        return None
    record = matter.record.id if matter.record else None
    known = named(words, [matter.record] if matter.record else [], connection)
    wrote = writers.tablets_of(_ops(matter), connection) & _in_use(connection).keys()
    return Askable(matter, record, wrote or _readers(matter, connection), known)


def _ops(matter: Matter) -> list[str]:
    """The ops that the matter is about."""
    candidates = [each["op"] for each in matter.detail.get("candidates", [])]
    return candidates or [op for op in [matter.detail.get("op")] if op]


def _in_use(connection: Connection) -> dict[str, str]:
    """Tablet → its team."""
    query = select(Device.id, Device.team).where(Device.kind == "tablet", Device.revoked_at.is_(None))
    return {row.id: row.team for row in connection.execute(query)}


def _readers(matter: Matter, connection: Connection) -> set[str]:
    """What sits apart is asked of nobody who is not named for it."""
    record = matter.record
    if record is None or matter.territory is None or shields.hidden_from(frozenset(), [record.id], connection):
        return set()
    known = reference.current(connection)
    return {id for id, team in _in_use(connection).items() if matter.territory in known.feeds_of_team(team)}
