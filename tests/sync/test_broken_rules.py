"""Does the law bite? Each rule is broken on purpose, and the comparison with the definition must notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

import pytest

import sync
from schemas.kinds import LIFE, FieldRule, Kind
from sync import Op, Record, Signing, Version
from sync.kinds import KINDS, MergeKind, counters, extremes, frontier, life, logs, sets, values
from sync.state import Decision, Frontier, Mark, Past, SetCell
from sync.values import key
from tests.support.runs import Run
from tests.sync.test_joined import first_difference_in_joining
from tests.sync.test_law import first_difference
from tests.sync.test_signing import first_difference_in_signing

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]
Law = Callable[[int, int], str | None]

BROKEN: list[tuple[Break, Law]] = []
based, closed, is_known, passed, put, raised, remembered, replaces = (
    frontier.based,
    frontier.closed,
    frontier.is_known,
    frontier.passed,
    frontier.put,
    frontier.raised,
    frontier.remembered,
    frontier.replaces,
)
chosen, replayed, write_life = sync.chosen, sync.replayed, life.write
signing = import_module("sync.signing")


@pytest.mark.proof
def test_the_law_catches_every_broken_rule(run: Run) -> None:
    for broken, law in BROKEN:
        with Patch.context() as patch:
            broken(patch)
            found = law(run.seed, run.histories)
        assert found, f"nobody notices that {broken.__name__}"
        print(f"{broken.__name__}: caught in {found}")
    for law in (first_difference, first_difference_in_signing, first_difference_in_joining):
        assert law(run.seed, 50) is None


def breaking(law: Law) -> Callable[[Break], Break]:
    """Marks a broken rule, and the law that must notice it."""

    def mark(broken: Break) -> Break:
        BROKEN.append((broken, law))
        return broken

    return mark


a_rule = breaking(first_difference)
a_rule_of_restores = breaking(partial(first_difference, restores=(1,)))
a_rule_of_signing = breaking(first_difference_in_signing)
a_rule_of_joining = breaking(first_difference_in_joining)


def writing(patch: Patch, kind: Kind, write: Any) -> None:
    patch.setitem(KINDS, kind, replace(KINDS[kind], write=write))


# Seeing


@a_rule
def a_device_has_not_seen_its_own_versions(patch: Patch) -> None:
    patch.setattr(frontier, "raised", lambda floors, *versions: {})


@a_rule
def what_was_on_the_screen_is_unseen(patch: Patch) -> None:
    patch.setattr(frontier, "based", lambda bases, *versions: {})


@a_rule
def whatever_has_arrived_was_seen(patch: Patch) -> None:
    patch.setattr(frontier, "closed", lambda before, version: replace(closed(before, version), candidates=()))


@a_rule
def a_forked_device_is_one_device(patch: Patch) -> None:
    def whole(version: Version) -> Version:
        return replace(version, forked=False)

    patch.setattr(frontier, "is_known", lambda version, *known: is_known(whole(version), *known))
    patch.setattr(frontier, "raised", lambda floors, *versions: raised(floors, *map(whole, versions)))


# What is late, and what is named


@a_rule
def a_late_op_stands(patch: Patch) -> None:
    patch.setattr(frontier, "is_replaced", lambda version, before: False)


@a_rule
def a_late_op_replaces_nothing(patch: Patch) -> None:
    def late(before: Frontier, version: Version, value: Any, over: frontier.Over = None) -> Frontier:
        return before if frontier.is_replaced(version, before) else put(before, version, value, over)

    patch.setattr(frontier, "put", late)


@a_rule
def floors_are_forgotten(patch: Patch) -> None:
    patch.setattr(frontier, "raised", lambda floors, *versions: raised({}, *versions))


@a_rule
def a_tablet_replaces_more_than_it_names(patch: Patch) -> None:
    patch.setattr(frontier, "passed", lambda before, version, over=None: passed(before, version))


@a_rule
def a_tablet_that_decides_leaves_its_own_earlier_word(patch: Patch) -> None:
    def named(author: Version, version: Version, over: frontier.Over) -> bool:
        return version.device != author.device and replaces(author, version, over)

    patch.setattr(frontier, "replaces", named)


# Restores


@a_rule_of_restores
def what_an_op_was_is_ignored(patch: Patch) -> None:
    patch.setattr(Op, "_earlier", lambda op, given: ())


@a_rule_of_restores
def what_was_in_the_backup_loses_its_rev(patch: Patch) -> None:
    patch.setattr(sync, "carried", lambda record, lives: record)


@a_rule_of_restores
def only_the_last_base_is_kept(patch: Patch) -> None:
    patch.setattr(frontier, "based", lambda bases, *versions: based({}, *versions))


@a_rule_of_restores
def a_decision_by_name_is_forgotten(patch: Patch) -> None:
    patch.setattr(frontier, "remembered", lambda decisions, version, over: ())


@a_rule_of_restores
def a_decision_forgets_what_it_named(patch: Patch) -> None:
    def nameless(decisions: tuple[Decision, ...], version: Version, over: tuple[str, ...]) -> tuple[Decision, ...]:
        return remembered(decisions, version, ())

    patch.setattr(frontier, "remembered", nameless)


@a_rule_of_restores
def what_becomes_known_makes_nothing_else_known(patch: Patch) -> None:
    def one_step(before: Frontier, version: Version) -> Frontier:
        floors, bases = raised(before.floors, version), based(before.bases, version)
        candidates = frontier.unknown(before.candidates, floors, bases)
        return Frontier(candidates, floors, bases, frontier.unknown(before.decisions, floors, bases))

    patch.setattr(frontier, "closed", one_step)


# Voids


@a_rule
def what_is_voided_before_it_comes_is_forgotten(patch: Patch) -> None:
    def forgetting(*history: Any) -> Record | None:
        record = replayed(*history)
        return record and replace(record, voided=frozenset())

    patch.setattr(sync, "replayed", forgetting)


@a_rule
def a_tablet_voids(patch: Patch) -> None:
    module = import_module("sync.replay")
    voided = module.voided
    patch.setattr(module, "voided", lambda ops: voided([replace(op, office=True) for op in ops]))


@a_rule
def a_void_cannot_be_undone(patch: Patch) -> None:
    def final(ops: Any) -> dict[str, str]:
        return {id: op.op for op in ops if op.office for id in op.void}

    patch.setattr(import_module("sync.replay"), "voided", final)


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


# Fields that hold many


@a_rule
def a_removal_takes_away_unseen_adds(patch: Patch) -> None:
    def update(past: Past, op: Op, version: Version, change: sets.Change, rule: FieldRule) -> tuple[Any, Any]:
        cell, shown = sets.update(past, op, version, change, rule)
        gone = sets.by_key(change[1], rule).keys() - sets.by_key(change[0], rule).keys()
        elements = {name: replace(cell.elements[name], candidates=()) for name in gone} if cell else {}
        left = [value for value in shown or () if key(value, rule) not in gone]
        return cell and SetCell({**cell.elements, **elements}), left or None

    writing(patch, Kind.SET, update)


@a_rule
def a_removal_that_comes_before_its_add_is_forgotten(patch: Patch) -> None:
    def update(past: Past, op: Op, version: Version, change: sets.Change, rule: FieldRule) -> tuple[Any, Any]:
        shown = sets.by_key(past.shown or (), rule)
        known = [value for value in change[1] if key(value, rule) in shown]
        return sets.update(past, op, version, (change[0], known), rule)

    def first(op: Op, change: sets.Change, rule: FieldRule) -> Any:
        return sets.first(op, (change[0], ()), rule)

    patch.setitem(KINDS, Kind.SET, MergeKind(update, first))


@a_rule
def log_entries_show_in_order_of_arrival(patch: Patch) -> None:
    patch.setattr(logs, "place", lambda placed: 0)


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


# Signatures


def marking(patch: Patch, marked: Callable[..., tuple[Mark, ...]]) -> None:
    patch.setattr(import_module("sync.merge"), "marked", marked)


@a_rule_of_signing
def a_return_opens_nothing(patch: Patch) -> None:
    def signatures(marks: tuple[Mark, ...], op: Op, version: Version, how: Signing) -> tuple[Mark, ...]:
        after: tuple[Mark, ...] = signing.marked(marks, op, version, replace(how, returned="never"))
        return after

    marking(patch, signatures)


@a_rule_of_signing
def only_the_last_signature_or_return_counts(patch: Patch) -> None:
    marking(patch, lambda *words: signing.marked(*words)[-1:])


@a_rule_of_signing
def a_signature_that_comes_after_those_who_had_seen_it_locks_nobody_out(patch: Patch) -> None:
    patch.setattr(sync, "overtaken", lambda record, op, signing: False)


@a_rule_of_signing
def every_signature_counts_even_a_proposed_one(patch: Patch) -> None:
    patch.setattr(import_module("sync.replay"), "valid", lambda marks: marks)


@a_rule_of_signing
def every_return_opens_every_signature(patch: Patch) -> None:
    has_seen = signing.has_seen
    patch.setattr(signing, "has_seen", lambda author, version: author.office or has_seen(author, version))


@a_rule_of_signing
def the_office_is_locked_out_too(patch: Patch) -> None:
    verdict = signing.verdict
    patch.setattr(signing, "verdict", lambda version, marks: verdict(replace(version, office=False), marks))


# Joined records


@a_rule_of_joining
def the_largest_of_a_circle_stands_for_it(patch: Patch) -> None:
    patch.setattr(import_module("sync.joined"), "min", max, raising=False)


@a_rule_of_joining
def what_the_office_chose_is_ignored(patch: Patch) -> None:
    patch.setattr(sync, "chosen", lambda records: {})


@a_rule_of_joining
def what_the_office_chose_stays_when_the_join_is_taken_back(patch: Patch) -> None:
    def lingering(records: Mapping[str, Record]) -> dict[str, str]:
        return chosen({id: replace(each, fields={"merged_into": id, **each.fields}) for id, each in records.items()})

    patch.setattr(sync, "chosen", lingering)


@a_rule_of_joining
def a_deleted_record_still_adds_to_the_others(patch: Patch) -> None:
    patch.setattr(import_module("sync.joined"), "is_deleted", lambda record: False)
