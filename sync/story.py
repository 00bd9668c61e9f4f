"""The story of a record: what became of everything that was ever written to it, and by which rule.

Pure functions over the whole history of one record, in any order. `vyezd explain`, a family's card and the queue
tell from it why people see what they see. The engine forgets what is replaced; here the definitions themselves
speak, and tests/sync/test_law.py checks that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.kinds import FEED, LIFE, FieldRule, Kind, Rules
from sync.kinds import KINDS, extremes, frontier, values
from sync.merge import FEED_RULE
from sync.replay import voided
from sync.values import key
from sync.versions import Op, Revs, Version, has_seen

LIFE_RULE = FieldRule(Kind.SET)


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one word on a field.

    `fate`: "shown"; "candidate" (stands beside the shown one, disputed); "concurrent" (stands, nothing disputed);
    "replaced" or "removed", by the op `by_op`; "entry" of a log or step of a counter; "voided" by the office's
    `by_op`. `rule`: the merge kind and the reason, such as "guarded.seen". Reasons: alone, disputed, concurrent, seen;
    of sets: added, again, seen, removal; of max and min: reached, passed; of logs and counters: kept; of all: voided.
    """

    version: Version
    value: Any
    fate: str
    by_op: str | None
    rule: str


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """What one op says of one field; of a set, of one element."""

    op: Op
    version: Version
    value: Any
    adds: bool = True


def tell(ops: Iterable[Op], rules: Rules, revs: Mapping[str, Revs]) -> dict[str, list[Entry]]:
    """The story: field → entries in version order. `revs`: op id → the revisions that the server gave it
    (`carried_revs` of them after a restore).

    "@life" is told when an op ever spoke of it. Raises KeyError for a field or an op that `rules` or `revs` lack.
    """
    known = {**rules, LIFE: LIFE_RULE, FEED: FEED_RULE}
    every = list(ops)
    gone = voided(every)
    story: dict[str, list[Entry]] = {}
    for field, words in _by_field(every, known, revs).items():
        rule = known[field]
        entries = TELLERS[rule.kind]([word for word in words if word.op.op not in gone], rule)
        entries += [_voided(word, gone[word.op.op], rule) for word in words if word.op.op in gone]
        story[field] = sorted(entries, key=lambda entry: entry.version.order)
    return story


def agreed(ops: Iterable[Op], rules: Rules, revs: Mapping[str, Revs], field: str) -> Any:
    """The last agreed value of a field with one value at a time, None if there is none: the latest that the author of
    every candidate knew."""
    every, rule = list(ops), rules[field]
    gone = voided(every)
    words = [word for word in _by_field(every, rules, revs).get(field, []) if word.op.op not in gone]
    known = [{word, *_seen(word, words)} for word in words if not _replacer(word, words, rule)]
    common = [word for word in words if all(word in each for each in known)]
    return common[-1].value if common else None


def _voided(word: Word, by_op: str, rule: FieldRule) -> Entry:
    return Entry(word.version, word.value, "voided", by_op, f"{rule.kind}.voided")


def _by_field(ops: Iterable[Op], rules: Rules, revs: Mapping[str, Revs]) -> dict[str, list[Word]]:
    """Every field's words, in version order."""
    every = sorted(((op, op.version(revs[op.op])) for op in ops), key=lambda pair: pair[1].order)
    life_is_told = any(op.delete is not None for op, _ in every)
    fields: dict[str, list[Word]] = {}
    for op, version in every:
        for field, value, adds in _said(op, rules):
            if field != LIFE or life_is_told:
                fields.setdefault(field, []).append(Word(op, version, value, adds))
    return fields


def _said(op: Op, rules: Rules) -> Iterator[tuple[str, Any, bool]]:
    """What one op says: field, value, whether it adds."""
    for field, value in op.set.items():
        shown = values.end(value) if rules[field].kind is Kind.STATES else value
        yield field, shown, True
    for field, step in op.inc.items():
        yield field, step, True
    for field, elements in op.add.items():
        yield from ((field, element, True) for element in elements)
    for field, elements in op.remove.items():
        added = {key(element, rules[field]) for element in op.add.get(field, ())}
        yield from ((field, element, False) for element in elements if key(element, rules[field]) not in added)
    if op.feed is not None:
        yield FEED, op.feed, True
    yield LIFE, bool(op.delete), True
    if op.delete is not None:
        yield LIFE, not op.delete, False


def _value(words: list[Word], rule: FieldRule) -> list[Entry]:
    """Fields with one value at a time."""
    replacers = [_replacer(word, words, rule) for word in words]
    standing = [word for word, by in zip(words, replacers, strict=True) if by is None]
    shown = standing[:1] if rule.kind is Kind.ONCE else standing[-1:]
    disputed = KINDS[rule.kind].guards and len({key(word.value, rule) for word in standing}) > 1
    reason = "disputed" if disputed else "concurrent" if len(standing) > 1 else "alone"

    def entry(word: Word, by: Word | None) -> Entry:
        if by:
            return Entry(word.version, word.value, "replaced", by.op.op, f"{rule.kind}.seen")
        fate = "shown" if word in shown else "candidate" if disputed else "concurrent"
        return Entry(word.version, word.value, fate, None, f"{rule.kind}.{reason}")

    return [entry(word, by) for word, by in zip(words, replacers, strict=True)]


def _replacer(word: Word, words: list[Word], rule: FieldRule) -> Word | None:
    """The first, in version order, of those that replaced the word."""
    if rule.kind is Kind.ONCE:
        return next((by for by in words if by.op.office and word in _seen(by, words)), None)
    return next((by for by in words if _replaces(by, word, words)), None)


def _replaces(by: Word, word: Word, words: list[Word]) -> bool:
    """Who saw a word through another need be asked only where some replaced by name: else that other replaced it."""
    over = values.over(by.op)
    if over is not None or not any(values.over(each.op) is not None for each in words):
        return frontier.replaces(by.version, word.version, over)
    return word in _seen(by, words)


def _seen(author: Word, words: list[Word]) -> set[Word]:
    """What an author had seen of a field, and what the authors of that had seen, and so on."""
    found = set[Word]()
    ask = {author}
    while ask:
        ask = {word for word in words if word not in found and any(has_seen(by.op, word.version) for by in ask)}
        found |= ask
    return found


def _elements(words: list[Word], rule: FieldRule) -> list[Entry]:
    """Sets, element by element; and the record's life."""
    elements: dict[str, list[Word]] = {}
    for word in words:
        elements.setdefault(key(word.value, rule), []).append(word)
    entries = [entry for element in elements.values() for entry in _element(element, rule)]
    return sorted(entries, key=lambda entry: entry.version.order)


def _element(words: list[Word], rule: FieldRule) -> Iterator[Entry]:
    """A removal is told too: "concurrent" when the element still shows, by an add that it had not seen."""
    seers = [next((by for by in words if has_seen(by.op, word.version)), None) for word in words]
    is_shown = any(word.adds and by is None for word, by in zip(words, seers, strict=True))
    for word, by in zip(words, seers, strict=True):
        by_op = None
        if not word.adds:
            fate, reason = ("concurrent" if is_shown else "removed"), "removal"
        elif by is None:
            fate, reason = "shown", "added"
        else:
            by_op = by.op.op
            fate, reason = ("replaced", "again") if by.adds else ("removed", "seen")
        yield Entry(word.version, word.value, fate, by_op, f"{rule.kind}.{reason}")


def _extreme(words: list[Word], rule: FieldRule) -> list[Entry]:
    """`max` and `min`. Null says nothing to them."""
    known = [word for word in words if word.value is not None]
    size = extremes.size(rule)
    shown = (max if rule.kind is Kind.MAX else min)(known, key=lambda word: size(word.value), default=None)

    def entry(word: Word) -> Entry:
        if word is shown or shown is None:
            return Entry(word.version, word.value, "shown", None, f"{rule.kind}.reached")
        return Entry(word.version, word.value, "replaced", shown.op.op, f"{rule.kind}.passed")

    return [entry(word) for word in known]


def _entries(words: list[Word], rule: FieldRule) -> list[Entry]:
    """`log` and `counter`: everything stays."""
    return [Entry(word.version, word.value, "entry", None, f"{rule.kind}.kept") for word in words]


TELLERS: Mapping[Kind, Callable[[list[Word], FieldRule], list[Entry]]] = {
    Kind.LATEST: _value,
    Kind.GUARDED: _value,
    Kind.ONCE: _value,
    Kind.STATES: _value,
    Kind.MAX: _extreme,
    Kind.MIN: _extreme,
    Kind.SET: _elements,
    Kind.COUNTER: _entries,
    Kind.LOG: _entries,
}
