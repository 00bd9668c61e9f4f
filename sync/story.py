"""The story of a record: what became of everything that was ever written to it, and by which rule.

Pure functions over the whole history of one record, in any order: `vyezd explain`, the family's card and the queue tell people
from it why they see what they see. The engine forgets what is replaced; the story is told by the definitions themselves, and
tests/sync/test_law.py checks that the two agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.kinds import FEED, LIFE, FieldRule, Kind, Rules
from sync.kinds import KINDS, extremes, frontier, values
from sync.merge import FEED_RULE
from sync.values import key
from sync.versions import Op, Revs, Version, has_seen

LIFE_RULE = FieldRule(Kind.SET)


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one write.

    `fate`: shown; candidate (stands beside the shown one, disputed); concurrent (stands, undisputed); replaced or removed (by
    `by_op`); entry (of a log, a step of a counter). `rule`: the merge kind and why, such as "guarded.seen".
    """

    version: Version
    value: Any
    fate: str
    by_op: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Write:
    """One op's word on one field; of a set, on one element."""

    op: Op
    version: Version
    value: Any
    adds: bool = True


def tell(ops: Iterable[Op], rules: Rules, revs: Mapping[str, Revs]) -> dict[str, list[Entry]]:
    """The record's story: field → entries in version order. `revs`: op id → the revisions that the server gave it.

    "@life" is told when an op ever spoke of it. Raises KeyError for a field or an op that `rules` or `revs` do not know.
    """
    every = {**rules, LIFE: LIFE_RULE, FEED: FEED_RULE}
    return {
        field: _TELLERS.get(every[field].kind, _values)(writes, every[field])
        for field, writes in _by_field(ops, every, revs).items()
    }


def agreed(ops: Iterable[Op], rules: Rules, revs: Mapping[str, Revs], field: str) -> Any:
    """The last agreed value of a field with one value at a time: the latest version that every candidate knew. None: none."""
    writes = _by_field(ops, rules, revs).get(field, [])
    standing = [write for write in writes if not _replacer(write, writes, rules[field])]
    known = [
        write for write in writes if all(write is each or write in _seen(each, writes) for each in standing)
    ]
    return known[-1].value if known else None


def _by_field(ops: Iterable[Op], rules: Rules, revs: Mapping[str, Revs]) -> dict[str, list[Write]]:
    """Every field's writes, in version order."""
    versions = sorted(((op.version(revs[op.op]), op) for op in ops), key=lambda pair: pair[0].order)
    speaks_of_life = any(op.delete is not None for _, op in versions)
    fields: dict[str, list[Write]] = {}
    for version, op in versions:
        for field, value, adds in _words(op, rules, speaks_of_life):
            fields.setdefault(field, []).append(Write(op, version, value, adds))
    return fields


def _words(op: Op, rules: Rules, speaks_of_life: bool) -> Iterable[tuple[str, Any, bool]]:
    """What one op says: (field, value, adds)."""
    for field, value in op.set.items():
        yield (
            field,
            values.first_state(op, value, rules[field]) if rules[field].kind is Kind.STATES else value,
            True,
        )
    for field, step in op.inc.items():
        yield field, step, True
    for field, values in op.add.items():
        yield from ((field, value, True) for value in values)
    for field, values in op.remove.items():
        added = {key(value, rules[field]) for value in op.add.get(field, ())}
        yield from ((field, value, False) for value in values if key(value, rules[field]) not in added)
    if op.feed is not None:
        yield FEED, op.feed, True
    if speaks_of_life:
        yield LIFE, op.delete is True, True
        if op.delete is not None:
            yield LIFE, not op.delete, False


def _values(writes: list[Write], rule: FieldRule) -> list[Entry]:
    """`latest`, `guarded`, `states`, `once`."""
    replacers = [_replacer(write, writes, rule) for write in writes]
    standing = [write for write, by in zip(writes, replacers, strict=True) if not by]
    shown = standing[0 if rule.kind is Kind.ONCE else -1]
    disputed = KINDS[rule.kind].guards and len({key(write.value, rule) for write in standing}) > 1
    why = "disputed" if disputed else "alone" if len(standing) == 1 else "concurrent"

    def entry(write: Write, by: Write | None) -> Entry:
        if by:
            return Entry(write.version, write.value, "replaced", by.op.op, f"{rule.kind}.seen")
        fate = "shown" if write is shown else "candidate" if disputed else "concurrent"
        return Entry(write.version, write.value, fate, None, f"{rule.kind}.{why}")

    return [entry(write, by) for write, by in zip(writes, replacers, strict=True)]


def _replacer(write: Write, writes: list[Write], rule: FieldRule) -> Write | None:
    """The first write, in version order, that replaced this one."""
    if rule.kind is Kind.ONCE:
        return next((by for by in writes if by.op.office and write in _seen(by, writes)), None)
    return next((by for by in writes if frontier.replaces(by.op, write.version, values.over(by.op))), None)


def _seen(author: Write, writes: list[Write]) -> list[Write]:
    """What an author had seen of a field, and what those authors had seen, and so on."""
    found: list[Write] = []
    ask = [author]
    while ask:
        by = ask.pop()
        new = [write for write in writes if write not in found and has_seen(by.op, write.version)]
        found += new
        ask += new
    return found


def _elements(writes: list[Write], rule: FieldRule) -> list[Entry]:
    """`set`, element by element, and the record's life."""
    elements: dict[str, list[Write]] = {}
    for write in writes:
        elements.setdefault(key(write.value, rule), []).append(write)
    entries = [entry for element in elements.values() for entry in _element(element, rule)]
    return sorted(entries, key=lambda entry: entry.version.order)


def _element(writes: list[Write], rule: FieldRule) -> Iterable[Entry]:
    seers = [next((by for by in writes if has_seen(by.op, write.version)), None) for write in writes]
    is_shown = any(write.adds and not by for write, by in zip(writes, seers, strict=True))
    for write, by in zip(writes, seers, strict=True):
        if not write.adds:
            fate, why = "concurrent" if is_shown else "removed", "removal"
        elif by is None:
            fate, why = "shown", "added"
        else:
            fate, why = ("replaced", "added_again") if by.adds else ("removed", "seen")
        yield Entry(
            write.version, write.value, fate, by.op.op if by and write.adds else None, f"{rule.kind}.{why}"
        )


def _extreme(writes: list[Write], rule: FieldRule) -> list[Entry]:
    """`max` and `min`."""
    known = [write for write in writes if write.value is not None]
    pick = max if rule.kind is Kind.MAX else min
    shown = pick(known, key=lambda write: extremes.size(rule)(write.value), default=None)

    def entry(write: Write) -> Entry:
        if write is shown:
            return Entry(write.version, write.value, "shown", None, f"{rule.kind}.reached")
        return Entry(write.version, write.value, "replaced", shown and shown.op.op, f"{rule.kind}.passed")

    return [entry(write) for write in known]


def _entries(writes: list[Write], rule: FieldRule) -> list[Entry]:
    """`log` and `counter`: everything stays."""
    return [Entry(write.version, write.value, "entry", None, f"{rule.kind}.kept") for write in writes]


_TELLERS: Mapping[Kind, Callable[[list[Write], FieldRule], list[Entry]]] = {
    Kind.SET: _elements,
    Kind.MAX: _extreme,
    Kind.MIN: _extreme,
    Kind.LOG: _entries,
    Kind.COUNTER: _entries,
}
