"""The law (protocol, section 3) on random histories: the engine is the definition, in whatever order ops arrive."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

import sync
from schemas.kinds import Kind
from sync.state import Frontier
from tests.support.runs import Run
from tests.sync import reference
from tests.sync.histories import EPOCH, RULES, Arrival, histories
from tests.sync.orders import another_order, other_revs
from tests.sync.register import Register, arrived, register, seen

pytestmark = pytest.mark.proof
EPOCHS = (EPOCH, "00000000")


def stored(record: sync.Record) -> sync.Record:
    """The record as it comes back from the database."""
    return sync.from_state(*json.loads(json.dumps([record.fields, sync.to_state(record)])))


def first_difference(seed: int, count: int, restores: Sequence[int] = (0, 1)) -> str | None:
    """The first history, and the event in it, after which the engine and the definition do not say the same."""
    for name, events in histories(seed, count, restores):
        office = Register()
        for number, event in enumerate(events, 1):
            merged = office.hear(event)
            if isinstance(event, Arrival) and office.record:
                office.kept = stored(office.record)
                expected = reference.picture(office.history, RULES)
                wrote_a_dispute = bool(expected.disputed.keys() & {*event.op.set, "@life"})
                if merged and wrote_a_dispute:
                    wrote_a_dispute = event in reference.not_voided(office.history)
                if seen(office.record) != expected or (merged and merged.conflict != wrote_a_dispute):
                    return f"history {name}, event {number}"
    return None


def test_the_engine_agrees_with_the_definition_after_every_op(run: Run) -> None:
    assert first_difference(run.seed, run.histories) is None


def test_any_order_of_arrival_gives_the_same_record(run: Run) -> None:
    counted = Counter[str]()
    for name, events in histories(run.seed, run.histories, restores=(0, 1)):
        office = register(events)
        order = another_order(Random(name), office.history)
        assert_same(arrived(Register(), order, office.lives).record, office.record, f"history {name}")
        ops = [arrival.op for arrival in office.history]
        counted["ops"] += len(ops)
        counted["offered again after a restore"] += sum(bool(op.was) for op in ops)
        counted["voided"] += len(sync.voided(ops))
        counted["deletes"] += sum(op.delete is True for op in ops)
    print(f"{run.histories} histories: {dict(counted)}")


def test_tablets_that_come_home_in_another_order_get_other_revs_and_the_same_record(run: Run) -> None:
    for name, events in histories(run.seed, run.histories // 5):
        office = register(events)
        other = arrived(Register(), other_revs(Random(name), office.history), office.lives)
        assert_same(other.record, office.record, f"history {name}")


def assert_same(other: sync.Record | None, record: sync.Record | None, which: str) -> None:
    assert (other and seen(other)) == (record and seen(record)), which


def test_a_device_that_lies_about_what_it_has_seen_stops_nobody(run: Run) -> None:
    for name, events in histories(run.seed, run.histories // 10):
        random, office = Random(name), Register()
        for arrival in register(events).history:
            was = {epoch: random.randrange(20) for epoch in EPOCHS}
            lie = replace(arrival.op, base=random.randrange(20), epoch=random.choice(EPOCHS), was=was)
            office.receive(replace(arrival, op=replace(lie, void=(lie.op,))))
            ops = [each.op for each in office.history]
            assert office.record, f"history {name}"
            assert sync.tell(ops, RULES, revs_of(office)), f"history {name}"


def test_what_is_kept_of_a_field_is_bounded_by_the_devices_that_wrote_it(run: Run) -> None:
    for name, events in histories(run.seed, run.histories // 10):
        office = register(events)
        devices = {each.op.op if each.op.forked else each.op.device for each in office.history}
        for field, cell in office.record.cells.items() if office.record else ():
            if isinstance(cell, Frontier) and (field not in RULES or RULES[field].kind is not Kind.ONCE):
                assert len(cell.candidates) <= len(devices), f"history {name}, {field}"
                assert len(cell.decisions) <= len(devices), f"history {name}, {field}"


def revs_of(office: Register) -> dict[str, sync.Revs]:
    """The revs of every op of the history, as the present life of the database knows them."""
    return {each.op.op: sync.carried_revs(((each.epoch, each.rev),), office.lives) for each in office.history}


def test_the_story_tells_what_the_engine_shows(run: Run) -> None:
    for name, events in histories(run.seed, run.histories // 10, restores=(0, 1, 2)):
        office = register(events)
        ops, revs = [each.op for each in office.history], revs_of(office)
        story, gone = sync.tell(ops, RULES, revs), sync.voided(ops)
        assert story == sync.tell(ops[::-1], RULES, revs), f"history {name}"
        for field in story.keys() & RULES.keys():
            entries = [entry for entry in story[field] if entry.version.op not in gone]
            assert all((entry.fate == "voided") == (entry not in entries) for entry in story[field]), name
            assert office.record
            check(field, entries, office.record, name)


def test_the_last_agreed_value_is_the_defined_one(run: Run) -> None:
    for name, events in histories(run.seed, run.histories // 10, restores=(0, 1)):
        office = register(events)
        ops, there = [each.op for each in office.history], reference.not_voided(office.history)
        for field, rule in RULES.items():
            if rule.kind in reference.ONE_VALUE and (said := reference.words(there, field, rule)):
                agreed = sync.agreed(ops, RULES, revs_of(office), field)
                assert agreed == reference.agreed(said, rule), f"history {name}"


def check(field: str, entries: Sequence[sync.Entry], record: sync.Record, name: str) -> None:
    """One field's story against the record."""
    kind = RULES[field].kind
    shown = [entry.value for entry in entries if entry.fate == "shown"]
    value = record.fields.get(field)
    if kind is Kind.SET:
        keys = [reference.bytes_of(element, RULES[field]) for element in value or ()]
        assert {reference.bytes_of(element, RULES[field]) for element in shown} == set(keys), name
    elif kind in reference.ONE_VALUE:
        assert shown == ([value] if entries else []), name
        standing = [entry for entry in entries if entry.by_op is None]
        assert [entry.version.op for entry in standing] == [each.op for each, _ in sync.candidates(record, field)], name
        is_disputed = field in sync.disputed(record, RULES)
        assert is_disputed == any(entry.fate == "candidate" for entry in standing), name
    elif kind in (Kind.MAX, Kind.MIN):
        assert shown == ([] if value is None else [value]), name
