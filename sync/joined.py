"""One family found twice. Joining moves nothing: the office writes into the record that it retires where that one now
belongs, each record goes on merging its own ops, and what people see of the class is made of its records when asked.

So edits, joins and their undoing come in any order, like all ops; who clears `merged_into` has all as it was. Both
fields are the office's, `guarded`. Records that name one another in a circle are a class like any: the smallest id
stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from schemas.kinds import FieldRule, Kind, Rules
from sync.kinds import counters, extremes, logs, sets
from sync.kinds.life import is_deleted
from sync.merge import candidates
from sync.state import Past, Record

MERGED_INTO = "merged_into"  # the id of the record that stands for this one
CHOICES = "merge_choices"  # field → the id of the record whose value shows, as the office chose when it joined them


def root(id: str, merged_into: Mapping[str, str]) -> str:
    """The record that stands for this one; for most, itself. `merged_into`: id → id, of all that are retired."""
    path: list[str] = []
    while id in merged_into and id not in path:
        path.append(id)
        id = merged_into[id]
    return min(path[path.index(id) :]) if id in path else id


def chosen(records: Mapping[str, Record]) -> dict[str, str]:
    """What the office chose for a class; of two choices for one field, the later in version order."""
    retired = [record for record in records.values() if MERGED_INTO in record.fields and CHOICES in record.fields]
    said = sorted((candidates(record, CHOICES)[-1] for record in retired), key=lambda choice: choice[0].order)
    return {field: id for _, choice in said for field, id in choice.items()}


def joined(records: Mapping[str, Record], choices: Mapping[str, str], rules: Rules) -> dict[str, Any]:
    """What people see of the records of one class: field → value, as on the wire.

    Sets and logs unite; the largest, the smallest and the sum are those of all; of other fields shows the value of the
    chosen record, else the root's, else the latest (of `once`, the earliest). A deleted record adds nothing while
    another lives. Raises KeyError for a field that the rules do not know.
    """
    links = {id: record.fields[MERGED_INTO] for id, record in records.items() if MERGED_INTO in record.fields}
    top = root(min(records), links)
    living = {id: record for id, record in records.items() if not is_deleted(record)} or records
    names = {name for record in living.values() for name in record.fields} - {MERGED_INTO, CHOICES}
    return {name: _shown(living, name, rules[name], (choices.get(name), top)) for name in sorted(names)}


def _shown(living: Mapping[str, Record], name: str, rule: FieldRule, preferred: Sequence[str | None]) -> Any:
    if rule.kind in UNITE:
        return UNITE[rule.kind]([_past(record, name) for record in living.values()], rule)
    shows = {id: record for id, record in living.items() if name in record.fields}
    for id in preferred:
        if id in shows:
            return shows[id].fields[name]
    is_once = rule.kind is Kind.ONCE
    stand = [candidates(record, name)[0 if is_once else -1] for record in shows.values()]
    return (min if is_once else max)(stand, key=lambda candidate: candidate[0].order)[1]


def _past(record: Record, name: str) -> Past:
    return Past(record.cells.get(name), record.fields.get(name), record.main)


def _set(pasts: Sequence[Past], rule: FieldRule) -> list[Any]:
    """Of one element in several records, the spelling that was added first."""
    found: dict[str, Any] = {}
    for *_, name, value in sorted(each for past in pasts for each in _elements(past, rule)):
        found.setdefault(name, value)
    return [*found.values()]


def _elements(past: Past, rule: FieldRule) -> list[tuple[Any, str, Any]]:
    return sets.placed(past.cell.elements if past.cell else {}, sets.by_key(past.shown or (), rule), past.main)


def _log(pasts: Sequence[Past], rule: FieldRule) -> list[Any]:
    entries = sorted((entry for past in pasts for entry in logs.placed(past)), key=logs.place)
    return [entry for entry, _ in entries]


def _sum(pasts: Sequence[Past], rule: FieldRule) -> int:
    return counters.bounded(sum(counters.exact(past) for past in pasts))


def _largest(pasts: Sequence[Past], rule: FieldRule) -> Any:
    return max((past.shown for past in pasts if past.shown is not None), key=extremes.size(rule))


def _smallest(pasts: Sequence[Past], rule: FieldRule) -> Any:
    return min((past.shown for past in pasts if past.shown is not None), key=extremes.size(rule))


UNITE: Mapping[Kind, Callable[[Sequence[Past], FieldRule], Any]] = {
    Kind.SET: _set,
    Kind.LOG: _log,
    Kind.COUNTER: _sum,
    Kind.MAX: _largest,
    Kind.MIN: _smallest,
}
