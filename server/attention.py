"""The queue of what people must decide or mend: entries with deterministic keys that open and close with the merged
state.

Which entries a record wants is a function of its merged state alone; after each transaction the stored entries are
brought in step: what is wanted opens (again), what is not closes, naming the op that mended it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

import sync
from schemas.kinds import LIFE
from server import reference
from server.bulk import among
from server.db import is_sqlite, writing
from server.models import Attention
from server.register import Held

OWN = ("disputed", "revived")  # what a person decides by choosing between candidates
BY_STATE = (*OWN, "signed", "saturated")  # the kinds that one record's merged state decides alone

_FOUND = ("type", "record", "field", "territory", "district", "detail", "state")  # what is found anew each time

_ATTENTION = Attention.__table__.c
_OPEN = select(_ATTENTION.key, _ATTENTION.record).where(_ATTENTION.state == "open", _ATTENTION.kind.in_(BY_STATE))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One matter to decide. ``kind``: disputed (a field has candidates), revived (an edit met a delete), signed (an
    edit and a signature had not seen each other) or saturated (a counter's sum is too large to be shown)."""

    key: str
    kind: str
    field: str | None
    detail: dict[str, Any]


def wanted(held: Held) -> list[Wanted]:
    """What a record's merged state asks people to decide."""
    if held.record is None:
        return []
    full = sync.saturated(held.record)
    if not (held.disputed or held.record.marks or full):
        return []
    entries = [_entry(held, field, candidates) for field, candidates in sorted(held.disputed.items())]
    flagged = sorted(op for op, verdict in sync.flags(held.record).items() if verdict is sync.Verdict.CONFLICT)
    entries += [Wanted(f"signed:{held.id}:{op}", "signed", None, {"op": op}) for op in flagged]
    return [*entries, *(Wanted(f"saturated:{held.id}:{field}", "saturated", field, {}) for field in full)]


def _entry(held: Held, field: str, candidates: list[dict[str, Any]]) -> Wanted:
    detail = {"candidates": candidates}
    if field == LIFE:
        return Wanted(f"revived:{held.id}", "revived", None, detail)
    return Wanted(f"disputed:{held.id}:{field}", "disputed", field, detail)


def settle(connection: Connection, touched: Iterable[Held], now: int) -> None:
    """Brings the entries of these records in step with their merged states and their place."""
    held = {each.id: each for each in touched}
    rows = [row(each, entry, now) for each in held.values() for entry in wanted(each)]
    put(connection, rows)
    keys = {each["key"] for each in rows}
    for stored in _stored(connection, sorted(id for id, each in held.items() if each.stored)):
        if stored.key not in keys:
            close(connection, stored.key, held[stored.record].changed_by, now)


def move(connection: Connection, moved: Iterable[Held]) -> None:
    """The open entries about records that moved, or came after the entry, go to the district where these sit now."""
    held = {each.id: each for each in moved}
    query = select(_ATTENTION.key, _ATTENTION.record, _ATTENTION.territory).where(_ATTENTION.state == "open")
    for entry in connection.execute(query.where(among(_ATTENTION.record, sorted(held)))).all():
        territory, district = _place(held[entry.record])
        if territory != entry.territory:
            place = {"territory": territory, "district": district, "type": held[entry.record].type}
            connection.execute(update(Attention).where(Attention.key == entry.key).values(**place))


def _place(held: Held) -> tuple[str | None, str | None]:
    """The territory and the district of a record."""
    known = reference.current()
    territory = next(iter(sorted(feed for feed in held.feeds if known.is_territory(feed))), None)
    return territory, known.district_of(territory) if territory else None


def _stored(connection: Connection, ids: list[str]) -> list[Any]:
    return list(connection.execute(_OPEN.where(among(_ATTENTION.record, ids))))


def row(held: Held, entry: Wanted, now: int) -> dict[str, Any]:
    """The row of an entry, in the district of the record it is about."""
    territory, district = _place(held)
    return {
        "key": entry.key,
        "kind": entry.kind,
        "type": held.type,
        "record": held.id,
        "field": entry.field,
        "territory": territory,
        "district": district,
        "detail": orjson.dumps(entry.detail).decode(),
        "state": "open",
        "opened_at": now,
    }


def put(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Opens entries; one that is open keeps its time and who it is assigned to, a closed one opens anew."""
    if not rows:
        return
    insert = (sqlite if is_sqlite(connection) else postgresql).insert(Attention)
    new = insert.excluded
    fresh: dict[str, Any] = {name: new[name] for name in _FOUND}
    fresh["opened_at"] = case((Attention.state == "closed", new.opened_at), else_=Attention.opened_at)
    fresh |= {"closed_at": None, "closed_by": None}
    connection.execute(insert.on_conflict_do_update(index_elements=["key"], set_=fresh), rows)


def close(connection: Connection, key: str, op: str | None, now: int) -> None:
    """Closes an entry that is open, naming the op that mended the matter."""
    _close(connection, Attention.key == key, op, now)


def close_all(connection: Connection, keys: Collection[str], now: int) -> None:
    """Closes those of these entries that are open; no one op mended the matter."""
    if keys:
        _close(connection, among(_ATTENTION.key, sorted(keys)), None, now)


def _close(connection: Connection, which: ColumnElement[bool], op: str | None, now: int) -> None:
    closed = update(Attention).where(which, Attention.state == "open")
    connection.execute(closed.values(state="closed", closed_at=now, closed_by=op))


def assign(keys: Iterable[str], to: str | None) -> int:
    """Gives these open entries to a person of the office (their id), or to nobody. Returns how many."""
    with writing() as connection:
        query = update(Attention).where(among(_ATTENTION.key, sorted(keys)), Attention.state == "open")
        return connection.execute(query.values(assigned_to=to)).rowcount
