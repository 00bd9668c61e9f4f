"""Does the law bite? Rules are broken on purpose, one at a time, and the comparison with the definition catches each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from schemas.kinds import FieldRule, Kind
from sync import Op, Record, Version
from sync.kinds import KINDS, MergeKind, counters, extremes, frontier, life, logs, sets, values
from sync.state import Frontier, Past
from tests.support.runs import Run
from tests.sync.test_law import first_difference

Patch = pytest.MonkeyPatch
has_seen, put, raised, replaces, write_life = (
    frontier.has_seen,
    frontier.put,
    frontier.raised,
    frontier.replaces,
    life.write,
)


def seeing(patch: Patch, rule: Callable[[Op, Version], bool]) -> None:
    for module in (frontier, values):
        patch.setattr(module, "has_seen", rule)


def kind(patch: Patch, name: Kind, write: Any) -> None:
    patch.setitem(KINDS, name, replace(KINDS[name], write=write))


def a_device_has_not_seen_its_own_versions(patch: Patch) -> None:
    seeing(patch, lambda author, version: has_seen(replace(author, forked=True), version))


def what_was_on_the_screen_is_unseen(patch: Patch) -> None:
    seeing(patch, lambda author, version: has_seen(replace(author, base=0), version))


def a_form_shows_everything_that_has_arrived(patch: Patch) -> None:
    seeing(patch, lambda author, version: True)


def a_forked_device_is_one_device(patch: Patch) -> None:
    def whole(version: Any) -> Any:
        return replace(version, forked=False)

    seeing(patch, lambda author, version: has_seen(whole(author), whole(version)))
    patch.setattr(frontier, "raised", lambda floors, *versions: raised(floors, *map(whole, versions)))


def a_late_op_stands(patch: Patch) -> None:
    patch.setattr(frontier, "is_replaced", lambda version, floors: False)


def a_late_op_replaces_nothing(patch: Patch) -> None:
    def late(before: Frontier, op: Op, version: Version, value: Any, over: frontier.Over = None) -> Frontier:
        return before if frontier.is_replaced(version, before.floors) else put(before, op, version, value, over)

    patch.setattr(frontier, "put", late)


def floors_are_forgotten(patch: Patch) -> None:
    patch.setattr(frontier, "raised", lambda floors, *versions: raised({}, *versions))


def over_is_not_heard(patch: Patch) -> None:
    patch.setattr(frontier, "replaces", lambda op, version, over: replaces(op, version, None))


def over_needs_no_seeing(patch: Patch) -> None:
    def named(op: Op, version: Version, over: frontier.Over) -> bool:
        return replaces(op, version, over) or version.op in (over or ())

    patch.setattr(frontier, "replaces", named)


def the_later_clock_wins_a_guarded_field(patch: Patch) -> None:
    def clock(past: Past, op: Op, version: Version, value: Any, rule: FieldRule) -> values.Written:
        after, _ = values.latest(past, op, version, value, rule)
        winner = after.candidates[-1:]
        return replace(after, candidates=winner), winner[0][1]

    kind(patch, Kind.GUARDED, clock)


def the_last_arrival_shows(patch: Patch) -> None:
    patch.setattr(frontier, "in_order", lambda candidates: candidates)


def states_are_not_guarded(patch: Patch) -> None:
    patch.setitem(KINDS, Kind.STATES, replace(KINDS[Kind.STATES], guards=False))


def spelling_is_a_dispute(patch: Patch) -> None:
    patch.setattr("sync.values.FieldRule.normalise", lambda value: value)


def a_tablet_replaces_the_first_family(patch: Patch) -> None:
    kind(patch, Kind.ONCE, values.latest)


def the_office_corrects_only_the_versions_it_saw_itself(patch: Patch) -> None:
    patch.setattr(frontier, "raised", lambda floors, first, *others: raised(floors, first))


def a_removal_takes_away_every_add(patch: Patch) -> None:
    def remove(past: Past, op: Op, version: Version, change: sets.Change, rule: FieldRule) -> tuple[Any, Any]:
        cell, shown = sets.update(past, op, version, change, rule)
        gone = sets.by_key(change[1], rule)
        elements = {name: replace(each, candidates=()) for name, each in cell.elements.items() if name in gone}
        left = [value for name, value in sets.by_key(shown or (), rule).items() if name not in gone]
        return replace(cell, elements={**cell.elements, **elements}), left or None

    kind(patch, Kind.SET, remove)


def a_removal_before_its_add_is_forgotten(patch: Patch) -> None:
    def first(op: Op, change: sets.Change, rule: FieldRule) -> Any:
        return sets.first(op, (change[0], ()), rule)

    def update(past: Past, op: Op, version: Version, change: sets.Change, rule: FieldRule) -> tuple[Any, Any]:
        here = sets.by_key(past.shown or (), rule)
        known = [value for value in change[1] if sets.key(value, rule) in here]
        return sets.update(past, op, version, (change[0], known), rule)

    patch.setitem(KINDS, Kind.SET, MergeKind(update, first))


def log_entries_show_in_order_of_arrival(patch: Patch) -> None:
    patch.setattr(logs, "_place", lambda placed: 0)


def a_counter_saturates_on_the_way(patch: Patch) -> None:
    def count(past: Past, op: Op, version: Version, step: int, rule: FieldRule) -> tuple[None, int]:
        _, shown = counters.count(Past(None, past.shown, past.main), op, version, step, rule)
        return None, shown

    kind(patch, Kind.COUNTER, count)


def the_last_contact_is_the_last_one_told(patch: Patch) -> None:
    kind(patch, Kind.MAX, values.latest)


def equal_contacts_are_settled_by_arrival(patch: Patch) -> None:
    patch.setattr(extremes, "size", lambda rule: rule.normalise)


def an_edit_decides_about_a_delete(patch: Patch) -> None:
    def write(record: Record, op: Op, version: Version) -> None:
        write_life(record, replace(op, delete=bool(op.delete)), version)

    patch.setattr(life, "write", write)


def a_delete_ends_every_edit(patch: Patch) -> None:
    patch.setattr("sync.is_deleted", lambda record: bool(life.votes(record, "deleted")))


BROKEN: Mapping[str, Callable[[Patch], None]] = {
    rule.__name__: rule
    for rule in (
        a_device_has_not_seen_its_own_versions,
        what_was_on_the_screen_is_unseen,
        a_form_shows_everything_that_has_arrived,
        a_forked_device_is_one_device,
        a_late_op_stands,
        a_late_op_replaces_nothing,
        floors_are_forgotten,
        over_is_not_heard,
        the_later_clock_wins_a_guarded_field,
        the_last_arrival_shows,
        states_are_not_guarded,
        a_tablet_replaces_the_first_family,
        the_office_corrects_only_the_versions_it_saw_itself,
        a_removal_takes_away_every_add,
        a_removal_before_its_add_is_forgotten,
        log_entries_show_in_order_of_arrival,
        a_counter_saturates_on_the_way,
        the_last_contact_is_the_last_one_told,
        equal_contacts_are_settled_by_arrival,
        an_edit_decides_about_a_delete,
        a_delete_ends_every_edit,
    )
}


@pytest.mark.proof
@pytest.mark.parametrize("name", BROKEN)
def test_the_law_catches_a_broken_rule(name: str, run: Run, monkeypatch: Patch) -> None:
    BROKEN[name](monkeypatch)
    found = first_difference(run.seed, run.histories)
    assert found is not None
    print(f"{name}: caught in {found}")
