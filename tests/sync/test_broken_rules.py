"""Does the law bite? Each rule is broken on purpose, and the comparison with the definition must notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from schemas.kinds import LIFE, FieldRule, Kind
from sync import Op, Record, Version
from sync.kinds import KINDS, MergeKind, counters, extremes, frontier, life, logs, sets, values
from sync.state import Frontier, Past, SetCell
from tests.support.runs import Run
from tests.sync.test_law import first_difference

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]

BROKEN: list[Break] = []
has_seen, put, raised, replaces, write_life = (
    frontier.has_seen,
    frontier.put,
    frontier.raised,
    frontier.replaces,
    life.write,
)


@pytest.mark.proof
def test_the_law_catches_every_broken_rule(run: Run) -> None:
    for broken in BROKEN:
        with Patch.context() as patch:
            broken(patch)
            found = first_difference(run.seed, run.histories)
        assert found, f"nobody notices that {broken.__name__}"
        print(f"{broken.__name__}: caught in {found}")
    assert first_difference(run.seed, 100) is None


def a_rule(broken: Break) -> Break:
    BROKEN.append(broken)
    return broken


def seeing(patch: Patch, rule: Callable[[Op, Version], bool]) -> None:
    for module in (frontier, values):
        patch.setattr(module, "has_seen", rule)


def writing(patch: Patch, kind: Kind, write: Any) -> None:
    patch.setitem(KINDS, kind, replace(KINDS[kind], write=write))


# Seeing


@a_rule
def a_device_has_not_seen_its_own_versions(patch: Patch) -> None:
    seeing(patch, lambda author, version: has_seen(replace(author, forked=True), version))


@a_rule
def what_was_on_the_screen_is_unseen(patch: Patch) -> None:
    seeing(patch, lambda author, version: has_seen(replace(author, base=0), version))


@a_rule
def whatever_has_arrived_was_seen(patch: Patch) -> None:
    seeing(patch, lambda author, version: True)


@a_rule
def a_forked_device_is_one_device(patch: Patch) -> None:
    def whole(version: Any) -> Any:
        return replace(version, forked=False)

    seeing(patch, lambda author, version: has_seen(whole(author), whole(version)))
    patch.setattr(frontier, "raised", lambda floors, *versions: raised(floors, *map(whole, versions)))


# What is late, and what is named


@a_rule
def a_late_op_stands(patch: Patch) -> None:
    patch.setattr(frontier, "is_replaced", lambda version, floors: False)


@a_rule
def a_late_op_replaces_nothing(patch: Patch) -> None:
    def late(before: Frontier, op: Op, version: Version, value: Any, over: frontier.Over = None) -> Frontier:
        return before if frontier.is_replaced(version, before.floors) else put(before, op, version, value, over)

    patch.setattr(frontier, "put", late)


@a_rule
def floors_are_forgotten(patch: Patch) -> None:
    patch.setattr(frontier, "raised", lambda floors, *versions: raised({}, *versions))


@a_rule
def a_tablet_replaces_more_than_it_names(patch: Patch) -> None:
    patch.setattr(frontier, "replaces", lambda op, version, over: replaces(op, version, None))


# Fields with one value at a time


@a_rule
def the_later_clock_wins_a_guarded_field(patch: Patch) -> None:
    def clock(past: Past, op: Op, version: Version, value: Any, rule: FieldRule) -> values.Written:
        after, shown = values.latest(past, op, version, value, rule)
        return replace(after, candidates=after.candidates[-1:]), shown

    writing(patch, Kind.GUARDED, clock)


@a_rule
def the_last_arrival_shows(patch: Patch) -> None:
    patch.setattr(frontier, "in_order", lambda candidates: candidates)


@a_rule
def two_spellings_are_a_dispute(patch: Patch) -> None:
    patch.setattr(import_module("sync.merge"), "key", lambda value, rule: value)


@a_rule
def states_are_not_guarded(patch: Patch) -> None:
    patch.setitem(KINDS, Kind.STATES, replace(KINDS[Kind.STATES], guards=False))


@a_rule
def a_tablet_replaces_the_first_family(patch: Patch) -> None:
    writing(patch, Kind.ONCE, values.latest)


@a_rule
def the_office_corrects_only_what_it_saw_itself(patch: Patch) -> None:
    patch.setattr(frontier, "raised", lambda floors, own, *seen: raised(floors, own))


# Fields that hold many


@a_rule
def a_removal_takes_away_unseen_adds(patch: Patch) -> None:
    def update(past: Past, op: Op, version: Version, change: sets.Change, rule: FieldRule) -> tuple[Any, Any]:
        cell, shown = sets.update(past, op, version, change, rule)
        gone = sets.by_key(change[1], rule).keys() - sets.by_key(change[0], rule).keys()
        elements = {name: replace(cell.elements[name], candidates=()) for name in gone}
        left = [value for value in shown or () if sets.key(value, rule) not in gone]
        return cell and SetCell({**cell.elements, **elements}), left or None

    writing(patch, Kind.SET, update)


@a_rule
def a_removal_that_comes_before_its_add_is_forgotten(patch: Patch) -> None:
    def update(past: Past, op: Op, version: Version, change: sets.Change, rule: FieldRule) -> tuple[Any, Any]:
        shown = sets.by_key(past.shown or (), rule)
        known = [value for value in change[1] if sets.key(value, rule) in shown]
        return sets.update(past, op, version, (change[0], known), rule)

    def first(op: Op, change: sets.Change, rule: FieldRule) -> Any:
        return sets.first(op, (change[0], ()), rule)

    patch.setitem(KINDS, Kind.SET, MergeKind(update, first))


@a_rule
def log_entries_show_in_order_of_arrival(patch: Patch) -> None:
    patch.setattr(logs, "_place", lambda placed: 0)


@a_rule
def a_counter_saturates_on_the_way(patch: Patch) -> None:
    def count(past: Past, op: Op, version: Version, step: int, rule: FieldRule) -> tuple[None, int]:
        _, shown = counters.count(Past(None, past.shown, past.main), op, version, step, rule)
        return None, shown

    writing(patch, Kind.COUNTER, count)


@a_rule
def the_last_contact_is_the_last_one_told(patch: Patch) -> None:
    writing(patch, Kind.MAX, values.latest)


@a_rule
def arrival_settles_which_spelling_of_a_maximum_shows(patch: Patch) -> None:
    patch.setattr(extremes, "size", lambda rule: rule.normalise)


# Life


@a_rule
def an_edit_decides_about_a_delete(patch: Patch) -> None:
    def write(record: Record, op: Op, version: Version) -> None:
        write_life(record, replace(op, delete=bool(op.delete)), version)

    patch.setattr(life, "write", write)


@a_rule
def a_delete_ends_edits_that_it_had_not_seen(patch: Patch) -> None:
    def write(record: Record, op: Op, version: Version) -> None:
        write_life(record, op, version)
        cell: Any = record.cells[LIFE]
        if op.delete:
            alive = replace(cell.elements["alive"], candidates=())
            record.cells[LIFE] = SetCell({**cell.elements, "alive": alive})

    patch.setattr(life, "write", write)
