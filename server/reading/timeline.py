"""A record's story as one line of time: each value, newest first, with what it replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas.kinds import FEED, LIFE
from server import history
from server.history import Told


@dataclass(frozen=True, slots=True)
class Event:
    """One value that somebody wrote, and the values that it knowingly replaced."""

    told: Told
    replaced: list[Any]


def timeline(record: str) -> list[Event]:
    """Everything that was ever written to a record, newest first; of its life only what was said after a delete."""
    try:
        fields = history.story(record).fields
    except history.UnknownRecord:
        return []
    events = [event for name, tellings in fields.items() if _is_shown(name, tellings) for event in _events(tellings)]
    return sorted(events, key=lambda event: (event.told.at, event.told.op), reverse=True)


def _is_shown(name: str, tellings: list[Told]) -> bool:
    return name != FEED and (name != LIFE or any(told.value for told in tellings))


def _events(tellings: list[Told]) -> list[Event]:
    return [Event(told, [other.value for other in tellings if other.replaced_by == told.op]) for told in tellings]
