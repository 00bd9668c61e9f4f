"""The definition of the merge, by sets of ops: naive, quadratic, and written without a look at the engine.

Protocol, section 3. An author has seen what was on the screen and what the same device wrote before; seeing is
transitive among the ops that wrote one field (of a set: one element). Nothing here is remembered: every question is
asked of all ops at once, in no order of arrival.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from schemas.kinds import FieldRule, Kind, Rules
from tests.sync.histories import Arrival


@dataclass(frozen=True, slots=True)
class Word:
    """What one op says of one field; of a set, of one element."""

    by: Arrival
    value: Any
    adds: bool = True

    @property
    def order(self) -> tuple[Any, ...]:
        op = self.by.op
        return op.at, op.device, op.seq, op.op


@dataclass(frozen=True, slots=True)
class Picture:
    """What people see, and what stands behind it.

    `disputed`: field → candidates as (op, value), in version order. Of fields with one value at a time, `standing`: the
    ops that nobody has replaced; `bases`: by epoch, the highest base of those that replaced all they had seen.
    """

    fields: dict[str, Any]
    disputed: dict[str, list[tuple[str, Any]]]
    deleted: bool
    feed: str | None
    standing: dict[str, list[str]]
    bases: dict[str, dict[str, int]]


def picture(arrivals: Sequence[Arrival], rules: Rules) -> Picture:
    """The record that this set of ops makes."""
    fields: dict[str, Any] = {}
    disputed: dict[str, list[tuple[str, Any]]] = {}
    standing: dict[str, list[str]] = {}
    bases: dict[str, dict[str, int]] = {}
    for name, rule in rules.items():
        if said := words(arrivals, name, rule):
            fields[name] = SHOWN[rule.kind](said, rule)
        if said and rule.kind in ONE_VALUE:
            stand = not_replaced(said, rule)
            standing[name] = [word.by.op.op for word in stand]
            bases[name] = highest_bases(said, rule)
            if rule.kind is not Kind.LATEST and len({bytes_of(word.value, rule) for word in stand}) > 1:
                disputed[name] = [(word.by.op.op, word.value) for word in stand]
    deleted, votes = life(arrivals)
    if votes:
        disputed["@life"] = votes
    shown = {name: value for name, value in fields.items() if value is not None and value != []}
    return Picture(shown, disputed, deleted, feed(arrivals), standing, bases)


def words(arrivals: Iterable[Arrival], name: str, rule: FieldRule) -> list[Word]:
    """All that was ever said of a field, in version order."""
    said = []
    for by in arrivals:
        if name in by.op.set:
            value = by.op.set[name]
            said.append(Word(by, value["to"] if rule.kind is Kind.STATES else value))
        said += [Word(by, by.op.inc[name])] if name in by.op.inc else []
        added, removed = by.op.add.get(name, ()), by.op.remove.get(name, ())
        again = {bytes_of(value, rule) for value in added}
        said += [Word(by, value) for value in added]
        said += [Word(by, value, adds=False) for value in removed if bytes_of(value, rule) not in again]
    return sorted(said, key=lambda word: word.order)


def bytes_of(value: Any, rule: FieldRule) -> bytes:
    return rfc8785.dumps(rule.normalise(value))


def saw(author: Arrival, other: Arrival) -> bool:
    """On the screen, or written before on the same device. A forked device is not one device."""
    same = author.op.device == other.op.device and not author.op.forked and not other.op.forked
    return other.op.op in author.screen or (same and other.op.seq < author.op.seq)


def pasts(writers: Iterable[Arrival]) -> dict[str, set[str]]:
    """For each writer of a field, the writers that it has seen: directly, or through one that it has seen."""
    everyone = list(writers)
    seen = {by.op.op: {each.op.op for each in everyone if saw(by, each)} for by in everyone}
    while True:
        wider = {by: past.union(*(seen[each] for each in past)) for by, past in seen.items()}
        if wider == seen:
            return seen
        seen = wider


def not_replaced(said: list[Word], rule: FieldRule) -> list[Word]:
    """The words on a field with one value that no later writer has replaced."""
    past = pasts(word.by for word in said)

    def replaces(later: Word, word: Word) -> bool:
        by, other = later.by.op, word.by.op
        if other.op not in past[by.op]:
            return False
        if rule.kind is Kind.ONCE:
            return by.office
        return by.office or by.over is None or other.op in by.over or other.device == by.device

    return [word for word in said if not any(replaces(later, word) for later in said)]


def highest_bases(said: list[Word], rule: FieldRule) -> dict[str, int]:
    ops = [word.by.op for word in said]
    plain = [op for op in ops if op.office or (op.over is None and rule.kind is not Kind.ONCE)]
    return {op.epoch: op.base for op in sorted(plain, key=lambda op: op.base) if op.base}


def last(said: list[Word], rule: FieldRule) -> Any:
    return not_replaced(said, rule)[-1].value


def earliest(said: list[Word], rule: FieldRule) -> Any:
    return not_replaced(said, rule)[0].value


def largest(said: list[Word], rule: FieldRule) -> Any:
    known = [word.value for word in said if word.value is not None]
    return max(known, key=lambda value: (rule.normalise(value), value), default=None)


def smallest(said: list[Word], rule: FieldRule) -> Any:
    known = [word.value for word in said if word.value is not None]
    return min(known, key=lambda value: (rule.normalise(value), value), default=None)


def total(said: list[Word], rule: FieldRule) -> int:
    return max(-(2**53), min(2**53, sum(word.value for word in said)))


def entries(said: list[Word], rule: FieldRule) -> list[dict[str, Any]]:
    counted: dict[str, int] = {}
    shown = []
    for word in said:
        op = word.by.op
        place = counted[op.op] = counted.get(op.op, -1) + 1
        shown.append({"op": op.op, "i": place, "at": op.at, "by": op.by, "value": word.value})
    return shown


def elements(said: list[Word], rule: FieldRule) -> list[Any]:
    """An element is in the set when it has an add that no removal had seen. Its first add that is unseen places it."""
    places = []
    for name in {bytes_of(word.value, rule) for word in said}:
        about = [word for word in said if bytes_of(word.value, rule) == name]
        if unremoved(about):
            past = pasts(word.by for word in about)
            unseen = [word for word in about if word.adds and not any(word.by.op.op in seen for seen in past.values())]
            places.append((unseen[0].order, name, unseen[0].value))
    return [value for *_, value in sorted(places)]


def unremoved(about: list[Word]) -> list[Word]:
    """The adds of one element that no removal had seen."""
    past = pasts(word.by for word in about)
    gone = set[str]().union(*(past[word.by.op.op] for word in about if not word.adds))
    return [word for word in about if word.adds and word.by.op.op not in gone]


def life(arrivals: Sequence[Arrival]) -> tuple[bool, list[tuple[str, bool]]]:
    """Whether the record is deleted; and the open question if there is one: who deletes (true), who writes on (false).

    A delete counts until somebody knowingly undeletes. Work counts until somebody knowingly deletes. Both: a dispute.
    """
    work = unremoved([Word(by, False, adds=not by.op.delete) for by in arrivals])
    deletes = unremoved([Word(by, True, adds=by.op.delete) for by in arrivals if by.op.delete is not None])
    if not work or not deletes:
        return not work, []
    everything = pasts(arrivals)
    latest_work = [word for word in work if not any(word.by.op.op in seen for seen in everything.values())]
    said = pasts(word.by for word in deletes)
    latest_deletes = [word for word in deletes if not any(word.by.op.op in seen for seen in said.values())]
    votes = sorted([*latest_work, *latest_deletes], key=lambda word: word.order)
    return False, [(word.by.op.op, word.value) for word in votes]


def feed(arrivals: Iterable[Arrival]) -> str | None:
    rule = FieldRule(Kind.LATEST)
    said = [Word(by, by.op.feed) for by in arrivals if by.op.feed is not None]
    return last(sorted(said, key=lambda word: word.order), rule) if said else None


def agreed(said: list[Word], rule: FieldRule) -> Any:
    """The latest value that was known, or written, by the author of each word that stands."""
    past = pasts(word.by for word in said)
    authors = [word.by.op.op for word in not_replaced(said, rule)]
    common = [word for word in said if all(word.by.op.op in {author, *past[author]} for author in authors)]
    return common[-1].value if common else None


ONE_VALUE = {Kind.LATEST, Kind.GUARDED, Kind.STATES, Kind.ONCE}
SHOWN: dict[Kind, Callable[[list[Word], FieldRule], Any]] = {
    Kind.LATEST: last,
    Kind.GUARDED: last,
    Kind.STATES: last,
    Kind.ONCE: earliest,
    Kind.MAX: largest,
    Kind.MIN: smallest,
    Kind.SET: elements,
    Kind.COUNTER: total,
    Kind.LOG: entries,
}
