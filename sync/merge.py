"""The merge: a record, an op and the rules make the next record, the same one in whatever order the ops arrive.

The gate calls `merge` once an op and never with a repeat. All that decides is an argument.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from schemas.kinds import FEED, LIFE, FieldRule, Kind, Rules
from sync.kinds import KINDS, life, values
from sync.signing import Signing, marked
from sync.state import Candidate, Frontier, Past, Record, Tally
from sync.values import key
from sync.versions import Op, Version

FEED_RULE = FieldRule(Kind.LATEST)


@dataclass(frozen=True, slots=True)
class Merged:
    """What an op made. `disputed`: the fields that people must decide; `conflict`: whether the op wrote one of them."""

    record: Record
    conflict: bool
    disputed: frozenset[str]


def merge(record: Record | None, op: Op, rules: Rules, epoch: str, rev: int, signing: Signing | None = None) -> Merged:
    """The record after the op, to which the server gives `rev` in `epoch`. None: the op makes the record.

    `signing`: the fields by which records of this type are signed, if they are (signing.py). An op that voids others
    takes out here what has not come yet; what has come, only `replayed` can take out (replay.py).

    Raises KeyError when the op writes a field that the rules do not know; the gate lets none in.
    """
    is_voided = record is not None and op.op in record.voided
    after = folded(record, op, op.version(((epoch, rev),)), rules, signing)
    names = frozenset(field for field, _ in disputes(after, rules))
    conflict = LIFE in names or not names.isdisjoint(op.set)
    return Merged(after, conflict and not is_voided, names)


def folded(record: Record | None, op: Op, version: Version, rules: Rules, signing: Signing | None) -> Record:
    """The record after one more op of its history."""
    if record is None:
        after = _made(op, version, rules)
    elif op.op in record.voided:
        return replace(record, voided=record.voided - {op.op})
    else:
        after = _changed(record, op, version, rules)
    if op.office and op.void:
        after.voided |= {*op.void}
    if signing:
        after.marks = marked(after.marks, op, version, signing)
    return after


def _made(op: Op, version: Version, rules: Rules) -> Record:
    """The short way, which most ops take: cells only for what the fields cannot show."""
    record = Record({}, version, {}, values.first(op, op.feed, FEED_RULE))
    fields = record.fields
    for field, change in _changes(op):
        rule = rules[field]
        shown = KINDS[rule.kind].first(op, change, rule)
        if shown is None:
            _write(record, op, version, field, change, rule)
        else:
            fields[field] = shown
    if op.delete is not None:
        life.write(record, op, version)
    if record.feed != op.feed:
        _place(record, op, version, op.feed)
    return record


def _changed(record: Record, op: Op, version: Version, rules: Rules) -> Record:
    after = Record(dict(record.fields), record.main, dict(record.cells), record.feed, record.voided, record.marks)
    for field, change in _changes(op):
        _write(after, op, version, field, change, rules[field])
    life.write(after, op, version)
    if op.feed is not None:
        _place(after, op, version, op.feed)
    return after


def _place(record: Record, op: Op, version: Version, feed: str | None) -> None:
    """The op's word on where the record sits."""
    past = Past(record.cells.get(FEED), record.feed, record.main)
    record.cells[FEED], record.feed = values.latest(past, op, version, feed, FEED_RULE)


def _changes(op: Op) -> list[tuple[str, Any]]:
    """What the op says, field by field."""
    elements = [(field, (op.add.get(field, ()), op.remove.get(field, ()))) for field in {**op.add, **op.remove}]
    return [*op.set.items(), *op.inc.items(), *elements]


def _write(record: Record, op: Op, version: Version, field: str, change: Any, rule: FieldRule) -> None:
    """The op's word on one field of the record that is being made."""
    past = Past(record.cells.get(field), record.fields.get(field), record.main)
    cell, shown = KINDS[rule.kind].write(past, op, version, change, rule)
    _keep(record.cells, field, cell)
    _keep(record.fields, field, shown)


def _keep(things: dict[str, Any], field: str, thing: Any) -> None:
    if thing is None:
        things.pop(field, None)
    else:
        things[field] = thing


def candidates(record: Record, field: str) -> list[Candidate]:
    """What stands in a field with one value at a time: versions and values, in version order."""
    cell = record.cells.get(field)
    if isinstance(cell, Frontier):
        return list(cell.candidates)
    shown = record.fields.get(field)
    return [] if cell or shown is None else [(record.main, shown)]


def disputes(record: Record, rules: Rules) -> Iterator[tuple[str, list[Candidate]]]:
    """The fields whose candidates differ; "@life" when an edit met a delete and nobody has decided yet."""
    for field, cell in record.cells.items():
        if field == LIFE:
            votes = life.votes(record, "alive", "deleted")
            if len({value for _, value in votes}) > 1:
                yield field, votes
        elif isinstance(cell, Frontier) and len(cell.candidates) > 1 and field != FEED:
            rule = rules[field]
            if KINDS[rule.kind].guards and len({key(value, rule) for _, value in cell.candidates}) > 1:
                yield field, list(cell.candidates)


def disputed(record: Record, rules: Rules) -> dict[str, list[dict[str, Any]]]:
    """The disputes as a tablet sees them: field → candidates `{"op", "at", "by", "value"}` in version order.

    The values of "@life" are what an op says of it: true to delete, false to keep.
    """
    return {field: [_shown(*each) for each in stands] for field, stands in disputes(record, rules)}


def saturated(record: Record) -> list[str]:
    """The counters whose sums lie beyond what can be shown, by name."""
    return sorted(field for field, cell in record.cells.items() if isinstance(cell, Tally))


def _shown(version: Version, value: Any) -> dict[str, Any]:
    return {"op": version.op, "at": version.at, "by": version.by, "value": value}
