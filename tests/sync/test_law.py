"""The law (protocol, section 3) on random histories: the engine is the definition, in whatever order ops arrive."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

import pytest

import sync
from schemas.kinds import Kind
from sync.state import Frontier
from tests.support.runs import Run
from tests.sync import reference
from tests.sync.histories import EPOCH, RULES, Arrival, another_order, histories, other_revs

pytestmark = pytest.mark.proof


def merged(arrivals: Iterable[Arrival]) -> sync.Record | None:
    """The record after these arrivals."""
    record = None
    for arrival in arrivals:
        record = sync.merge(record, arrival.op, RULES, EPOCH, arrival.rev).record
    return record


def stored(record: sync.Record) -> sync.Record:
    """The record as it comes back from the database."""
    return sync.from_state(*json.loads(json.dumps([record.fields, sync.to_state(record)])))


def seen(record: sync.Record) -> reference.Picture:
    """What people see of a record, and what stands behind it."""
    disputes = sync.disputed(record, RULES)
    return reference.Picture(
        fields=record.fields,
        disputed={name: [(each["op"], each["value"]) for each in stands] for name, stands in disputes.items()},
        deleted=sync.is_deleted(record),
        feed=record.feed,
        standing={
            name: [version.op for version, _ in stands]
            for name, rule in RULES.items()
            if rule.kind in reference.ONE_VALUE and (stands := sync.candidates(record, name))
        },
        bases={
            name: dict(cell.bases) if isinstance(cell := record.cells.get(name), Frontier) else {}
            for name, rule in RULES.items()
            if rule.kind in reference.ONE_VALUE and sync.candidates(record, name)
        },
    )


def first_difference(seed: int, count: int) -> str | None:
    """The first history, and the op in it, after which the engine and the definition do not say the same."""
    for name, arrivals in histories(seed, count):
        record = None
        for number, arrival in enumerate(arrivals, 1):
            result = sync.merge(record, arrival.op, RULES, EPOCH, arrival.rev)
            record = stored(result.record)
            expected = reference.picture(arrivals[:number], RULES)
            wrote_a_dispute = bool(expected.disputed.keys() & {*arrival.op.set, "@life"})
            if seen(record) != expected or result.conflict != wrote_a_dispute:
                return f"history {name}, op {number}"
    return None


def test_the_engine_agrees_with_the_definition_after_every_op(run: Run) -> None:
    assert first_difference(run.seed, run.histories) is None


def test_any_order_of_arrival_gives_the_same_record(run: Run) -> None:
    for name, arrivals in histories(run.seed, run.histories):
        if record := merged(arrivals):
            for turn in range(2):
                other = merged(another_order(Random(f"{name}/{turn}"), arrivals))
                assert other
                assert seen(other) == seen(record), f"history {name}, order {turn}"


def test_tablets_that_come_home_in_another_order_get_other_revs_and_the_same_record(run: Run) -> None:
    for name, arrivals in histories(run.seed, run.histories):
        if record := merged(arrivals):
            other = merged(other_revs(Random(name), arrivals))
            assert other
            assert seen(other) == seen(record), f"history {name}"


def test_a_device_that_lies_about_what_it_has_seen_stops_nobody(run: Run) -> None:
    for name, arrivals in histories(run.seed, run.histories // 10):
        random, record, lies, revs = Random(name), None, [], {}
        for arrival in arrivals:
            lies.append(replace(arrival.op, base=random.randrange(20), epoch=random.choice([EPOCH, "00000000"])))
            revs[arrival.op.op] = ((EPOCH, arrival.rev),)
            record = stored(sync.merge(record, lies[-1], RULES, EPOCH, arrival.rev).record)
            assert sync.tell(lies, RULES, revs), f"history {name}"


def test_what_stands_in_a_field_is_bounded_by_the_devices_that_wrote_it(run: Run) -> None:
    for name, arrivals in histories(run.seed, run.histories // 4):
        devices = {arrival.op.op if arrival.op.forked else arrival.op.device for arrival in arrivals}
        record = merged(arrivals)
        for field, cell in record.cells.items() if record else ():
            if isinstance(cell, Frontier) and (field not in RULES or RULES[field].kind is not Kind.ONCE):
                assert len(cell.candidates) <= len(devices), f"history {name}, {field}"


def test_the_story_tells_what_the_engine_shows(run: Run) -> None:
    for name, arrivals in histories(run.seed, run.histories // 4):
        if record := merged(arrivals):
            revs = {arrival.op.op: ((EPOCH, arrival.rev),) for arrival in arrivals}
            ops = [arrival.op for arrival in arrivals]
            story = sync.tell(ops, RULES, revs)
            assert story == sync.tell(ops[::-1], RULES, revs), f"history {name}"
            for field, entries in story.items():
                if field in RULES:
                    check(field, entries, record, arrivals, name)


def check(field: str, entries: Sequence[sync.Entry], record: sync.Record, arrivals: list[Arrival], name: str) -> None:
    """One field's story against the record and, for what was agreed, the definition."""
    kind = RULES[field].kind
    shown = [entry.value for entry in entries if entry.fate == "shown"]
    value = record.fields.get(field)
    if kind is Kind.SET:
        keys = [reference.bytes_of(element, RULES[field]) for element in value or ()]
        assert {reference.bytes_of(element, RULES[field]) for element in shown} == set(keys), name
    elif kind in reference.ONE_VALUE:
        assert shown == [value], name
        standing = [entry for entry in entries if entry.by_op is None]
        assert [entry.version.op for entry in standing] == [each.op for each, _ in sync.candidates(record, field)], name
        is_disputed = field in sync.disputed(record, RULES)
        assert is_disputed == any(entry.fate == "candidate" for entry in standing), name
        revs = {arrival.op.op: ((EPOCH, arrival.rev),) for arrival in arrivals}
        agreed = sync.agreed([arrival.op for arrival in arrivals], RULES, revs, field)
        assert agreed == reference.agreed(reference.words(arrivals, field, RULES[field]), RULES[field]), name
    elif kind in (Kind.MAX, Kind.MIN):
        assert shown == ([] if value is None else [value]), name
