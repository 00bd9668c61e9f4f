"""The merge: a record, an op and the rules make the next record. Total, deterministic, and independent of arrival order.

The gate calls `merge` once an op, in the order of arrival, and never with a repeat. Everything that the outcome depends on is an
argument: there is no clock, no chance and no I/O in this room.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.kinds import FEED, LIFE, FieldRule, Kind, Rules
from sync.kinds import KINDS, life, values
from sync.state import Candidate, Frontier, Past, Record
from sync.values import key
from sync.versions import Op, Version

FEED_RULE = FieldRule(Kind.LATEST)


@dataclass(frozen=True, slots=True)
class Merged:
    """What an op made. `disputed`: the fields that people must decide; `conflict`: whether this op wrote one of them."""

    record: Record
    conflict: bool
    disputed: frozenset[str]


def merge(record: Record | None, op: Op, rules: Rules, epoch: str, rev: int) -> Merged:
    """The record after the op, to which the server gives `rev` in `epoch`. None: the op makes the record.

    Raises KeyError when the op writes a field that the rules do not know: the gate never lets one in.
    """
    version = op.version(((epoch, rev),))
    after = _made(op, version, rules) if record is None else _changed(record, op, version, rules)
    names = frozenset(field for field, _ in disputes(after, rules))
    return Merged(after, LIFE in names or not names.isdisjoint(op.set), names)


def _made(op: Op, version: Version, rules: Rules) -> Record:
    """The short way of most ops: a new record holds no cells but for what cannot be seen in its fields."""
    record = Record({}, version, {}, op.feed)
    for field, change in _changes(op):
        rule = rules[field]
        shown = KINDS[rule.kind].first(op, change, rule)
        if shown is None:
            _write(record, op, version, field, change, rule)
        else:
            record.fields[field] = shown
    if op.delete is not None:
        life.write(record, op, version)
    return record


def _changed(record: Record, op: Op, version: Version, rules: Rules) -> Record:
    after = Record(dict(record.fields), record.main, dict(record.cells), record.feed)
    for field, change in _changes(op):
        _write(after, op, version, field, change, rules[field])
    life.write(after, op, version)
    if op.feed is not None:
        past = Past(after.cells.get(FEED), after.feed, after.main)
        after.cells[FEED], after.feed = values.latest(past, op, version, op.feed, FEED_RULE)
    return after


def _changes(op: Op) -> Iterator[tuple[str, Any]]:
    """What the op says, by field: each field is written by one part of it."""
    yield from op.set.items()
    yield from op.inc.items()
    for field in {**op.add, **op.remove}:
        yield field, (op.add.get(field, ()), op.remove.get(field, ()))


def _write(record: Record, op: Op, version: Version, field: str, change: Any, rule: FieldRule) -> None:
    """One field of the record that is being made."""
    past = Past(record.cells.get(field), record.fields.get(field), record.main)
    cell, shown = KINDS[rule.kind].write(past, op, version, change, rule)
    _keep(record.cells, field, cell)
    _keep(record.fields, field, shown)


def _keep(things: dict[str, Any], field: str, thing: Any) -> None:
    """None: there is nothing to keep."""
    if thing is None:
        things.pop(field, None)
    else:
        things[field] = thing


def candidates(record: Record, field: str) -> list[Candidate]:
    """The versions that stand in a field with one value at a time, in version order, with their values."""
    cell = record.cells.get(field)
    if isinstance(cell, Frontier):
        return list(cell.candidates)
    shown = record.feed if field == FEED else record.fields.get(field)
    return [] if cell or shown is None else [(record.main, shown)]


def disputes(record: Record, rules: Rules) -> Iterator[tuple[str, list[Candidate]]]:
    """The fields whose candidates disagree. "@life": an edit met a delete, and no one has decided yet."""
    for field, cell in record.cells.items():
        if field == LIFE:
            stands = life.candidates(record, "alive", "deleted")
            if len({value for _, value in stands}) > 1:
                yield field, stands
        elif isinstance(cell, Frontier) and len(cell.candidates) > 1 and field != FEED:
            rule = rules[field]
            if KINDS[rule.kind].guards and len({key(value, rule) for _, value in cell.candidates}) > 1:
                yield field, list(cell.candidates)


def disputed(record: Record, rules: Rules) -> dict[str, list[dict[str, Any]]]:
    """Every dispute as a tablet sees it: field → candidates `{"op", "at", "by", "value"}` in version order.

    The values of "@life" are what an op may say of it: true (deleted) and false.
    """
    return {
        field: [
            {"op": version.op, "at": version.at, "by": version.by, "value": value}
            for version, value in stands
        ]
        for field, stands in disputes(record, rules)
    }
