"""Stories as one line of time: what each op wrote, newest first, and what that replaced; of one record, or of all that
hang on a family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from schemas import registry
from schemas.fields import ListOf
from schemas.kinds import FEED, LIFE
from server import history, mends, register
from server.bulk import among
from server.db import reading
from server.history import Story, Told, Writer
from server.models import Op
from server.reading.hanging import hanging
from server.reading.households import households
from server.reading.names import ids_in, named_ids
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.reading.words import Words

FIRST = ("family", "membership", "person", "visit", "visit_part", "category", "assignment", "service_rendered")


@dataclass(frozen=True, slots=True)
class Event:
    """One value that was written, and the values that it knowingly replaced. ``fate``: as in history, or "disputed"."""

    field: str
    value: Any
    replaced: list[Any]
    fate: str


@dataclass(frozen=True, slots=True)
class Act:
    """What one op wrote. ``at``: its clock stamp. ``decided_by``: who of the office let it pass or mended it.
    ``record``: to which record, of a ``type``."""

    record: str
    type: str
    op: str
    at: str
    writer: Writer
    decided_by: str | None
    events: list[Event]


@dataclass(frozen=True, slots=True)
class FamilyStory:
    """A page of what was written to a family and all that hangs on it, newest first. ``kinds``: the types that there
    are; ``chosen``: the one that is asked for. ``words`` know every name in it."""

    page: Page[Act]
    kinds: list[str]
    chosen: str | None
    words: Words


def timeline(record: str, words: Words) -> tuple[list[Act], Words]:
    """Everything that was ever written to a record, newest first, and words that know the names in it; nothing where
    its story is not kept."""
    with reading() as connection:
        found = of_records([record], connection)
        return found, named_in(found, words, connection)


def of_records(records: Iterable[str], connection: Connection) -> list[Act]:
    """Everything that was ever written to these records, newest first."""
    found = [act for story in history.stories(records, connection).values() for act in _acts(story)]
    return sorted(found, key=lambda act: (act.at, act.op), reverse=True)


def of_family(
    family: str, kind: str | None, reach: Reach, today: date, words: Words, number: int = 1, size: int = SIZE
) -> FamilyStory | None:
    """None where there is no such family within reach. What is out of reach, or apart, is not in it."""
    with reading() as connection:
        found = register.fetch([family], connection).get(family)
        if found is None or found.type != "family" or not reach.sees(family, connection):
            return None
        types = _types(family, reach, today, connection)
        kinds = sorted(set(types.values()), key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
        ids = sorted(id for id, name in types.items() if kind in (None, name))
        page = _page(family, ids, number, size, connection)
        known = named_ids(named_in(page.rows, words, connection), {family}, connection)
        return FamilyStory(page, kinds, kind, known)


def _types(family: str, reach: Reach, today: date, connection: Connection) -> dict[str, str]:
    """Id → type of what hangs on the family and is within reach."""
    members = households([family], today, reach, connection)[family].members
    people = {member.person for member in members if member.person and member.here}
    found = hanging(family, people, connection)
    seen = reach.seen(found, connection)
    return {id: name for id, name in found.items() if id in seen}


def _page(family: str, ids: list[str], number: int, size: int, connection: Connection) -> Page[Act]:
    """Of the ops that wrote to these records, told with the whole story of each record."""
    op = Op.__table__.c
    query = select(op.op, op.record).where(among(op.record, ids), op.state.in_(mends.MERGED), op.body.is_not(None))
    query = query.order_by(op.at.desc(), op.op.desc()).limit(size + 1).offset(offset(number, size))
    rows = list(connection.execute(query))
    acts = {act.op: act for act in of_records((row.record for row in rows[:size]), connection)}
    found = [_without_home(acts[row.op], family) for row in rows[:size] if row.op in acts]
    return Page(found, None, number, size, more=len(rows) > size)


def _without_home(act: Act, family: str) -> Act:
    """What hangs on a family names it: no news in the family's own story."""
    events = [event for event in act.events if event.value != family or event.replaced]
    return replace(act, events=events or act.events)


def _acts(story: Story) -> Iterable[Act]:
    acts: dict[str, Act] = {}
    for told, event in _events(story):
        act = Act(story.record, story.type, told.op, told.at, told.writer, told.decided_by, [])
        acts.setdefault(told.op, act).events.append(event)
    return acts.values()


def named_in(acts: Iterable[Act], words: Words, connection: Connection) -> Words:
    """The same words, knowing the records that were written to and those that the values name."""
    ids = {id for act in acts for event in act.events for id in _ids(act.type, event)} | {act.record for act in acts}
    return named_ids(words, ids - words.names.keys(), connection)


def _ids(type_name: str, event: Event) -> Iterator[str]:
    schema = registry.get(type_name)
    declared = schema.fields.get(event.field) if schema else None
    for value in (event.value, *event.replaced) if declared else ():
        assert declared is not None
        is_element = isinstance(declared, ListOf) and not isinstance(value, list)
        yield from ids_in(declared, [value] if is_element else value)


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
