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
        return order(self.by)


def order(arrival: Arrival) -> tuple[Any, ...]:
    op = arrival.op
    return op.at, op.device, op.seq, op.op


@dataclass(frozen=True, slots=True)
class Picture:
    """What people see, and what stands behind it.

    `disputed`: field → candidates as (op, value), in version order. `standing`: of fields with one value at a time,
    the ops that nobody has replaced.
    """

    fields: dict[str, Any]
    disputed: dict[str, list[tuple[str, Any]]]
    deleted: bool
    feed: str | None
    standing: dict[str, list[str]]


def picture(history: Sequence[Arrival], rules: Rules) -> Picture:
    """The record that this set of ops makes."""
    arrivals = not_voided(history)
    fields: dict[str, Any] = {}
    disputed: dict[str, list[tuple[str, Any]]] = {}
    standing: dict[str, list[str]] = {}
    written = {name for by in arrivals for part in (by.op.set, by.op.add, by.op.remove, by.op.inc) for name in part}
    for name in written:
        rule = rules[name]
        said = words(arrivals, name, rule)
        fields[name] = SHOWN[rule.kind](said, rule)
        if rule.kind in ONE_VALUE:
            stand = not_replaced(said, rule)
            standing[name] = [word.by.op.op for word in stand]
            if rule.kind is not Kind.LATEST and len({bytes_of(word.value, rule) for word in stand}) > 1:
                disputed[name] = [(word.by.op.op, word.value) for word in stand]
    deleted, votes = life(arrivals)
    if votes:
        disputed["@life"] = votes
    shown = {name: value for name, value in fields.items() if value is not None and value != []}
    return Picture(shown, disputed, deleted, feed(arrivals), standing)


def not_voided(history: Sequence[Arrival]) -> list[Arrival]:
    """The ops that the office did not void. The later of two voiding ops has the last word."""

    def voids(by: Arrival, other: Arrival) -> bool:
        is_named = other.op.op in by.op.void and by is not other
        has_the_word = other not in voiding or order(by) > order(other)
        return is_named and has_the_word and not is_voided(by)

    def is_voided(other: Arrival) -> bool:
        return any(voids(by, other) for by in voiding)

    voiding = [by for by in history if by.op.office and by.op.void]
    return [arrival for arrival in history if not is_voided(arrival)]


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
        if by.office or (by.over is None and rule.kind is not Kind.ONCE):
            return other.op in past[by.op]
        is_named = by.over is not None and (other.op in by.over or other.device == by.device)
        return is_named and rule.kind is not Kind.ONCE and saw(later.by, word.by)

    return [word for word in said if not any(replaces(later, word) for later in said)]


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
    exact: int = sum(word.value for word in said)
    return max(-(2**53), min(2**53, exact))


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
    return [value for *_, value in sorted(places(said, rule))]


def places(said: list[Word], rule: FieldRule) -> list[tuple[Any, bytes, Any]]:
    found = []
    for name in {bytes_of(word.value, rule) for word in said}:
        about = [word for word in said if bytes_of(word.value, rule) == name]
        if unremoved(about):
            past = pasts(word.by for word in about)
            unseen = [word for word in about if word.adds and not any(word.by.op.op in seen for seen in past.values())]
            found.append((unseen[0].order, name, unseen[0].value))
    return found


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
