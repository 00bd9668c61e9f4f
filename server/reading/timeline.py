"""A record's story as one line of time: what each op wrote, newest first, and what that replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.kinds import FEED, LIFE
from server import history
from server.history import Story, Told, Writer


@dataclass(frozen=True, slots=True)
class Event:
    """One value that was written, and the values that it knowingly replaced. ``fate``: as in history, or "disputed"."""

    field: str
    value: Any
    replaced: list[Any]
    fate: str


@dataclass(frozen=True, slots=True)
class Act:
    """What one op wrote. ``at``: its clock stamp. ``decided_by``: who of the office let it pass or mended it."""

    op: str
    at: str
    writer: Writer
    decided_by: str | None
    events: list[Event]


def timeline(record: str) -> list[Act]:
    """Everything that was ever written to a record, newest first; nothing where its story is not kept."""
    try:
        story = history.story(record)
    except history.UnknownRecord:
        return []
    acts: dict[str, Act] = {}
    for told, event in _events(story):
        acts.setdefault(told.op, Act(told.op, told.at, told.writer, told.decided_by, [])).events.append(event)
    return sorted(acts.values(), key=lambda act: (act.at, act.op), reverse=True)


def _events(story: Story) -> Iterator[tuple[Told, Event]]:
    for name, tellings in story.fields.items():
        for told in tellings:
            if _is_shown(told):
                yield told, Event(name, told.value, _replaced(told, story), _fate(told))


def _is_shown(told: Told) -> bool:
    """Where a record sits is no value; that it lives is worth a word only where somebody deleted it."""
    return told.field != FEED and (told.field != LIFE or bool(told.value))


def _replaced(told: Told, story: Story) -> list[Any]:
    """What this value replaced; each of several candidates replaced the last value that all their authors knew."""
    known = [other.value for other in story.fields[told.field] if other.replaced_by == told.op]
    agreed = story.agreed.get(told.field)
    return known or ([agreed] if agreed is not None and _fate(told) == "disputed" else [])


def _fate(told: Told) -> str:
    return "disputed" if told.fate == "candidate" or told.rule.endswith(".disputed") else told.fate
