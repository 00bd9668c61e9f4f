"""The law (protocol, section 3) on random histories: the engine is the definition, whatever the order of arrival."""

from __future__ import annotations

import json
from collections.abc import Iterable
from random import Random

import pytest

import sync
from tests.support.runs import Run
from tests.sync import reference
from tests.sync.histories import EPOCH, RULES, Arrival, another_order, histories

pytestmark = pytest.mark.proof


def merged(arrivals: Iterable[Arrival]) -> sync.Record | None:
    record = None
    for arrival in arrivals:
        record = sync.merge(record, arrival.op, RULES, EPOCH, arrival.rev).record
    return record


def stored(record: sync.Record) -> sync.Record:
    """The record as it comes back from the database."""
    return sync.from_state(*json.loads(json.dumps([record.fields, sync.to_state(record)])))


def seen(record: sync.Record) -> reference.Picture:
    """What people see of a record."""
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
    )


def test_the_engine_agrees_with_the_definition_after_every_op(run: Run) -> None:
    for name, arrivals in histories(run.seed, run.histories):
        record = None
        for count, arrival in enumerate(arrivals, 1):
            record = stored(sync.merge(record, arrival.op, RULES, EPOCH, arrival.rev).record)
            assert seen(record) == reference.picture(arrivals[:count], RULES), f"history {name}, op {count}"


def test_any_order_of_arrival_gives_the_same_record(run: Run) -> None:
    for name, arrivals in histories(run.seed, run.histories):
        for turn in range(2):
            order = another_order(Random(f"{name}/{turn}"), arrivals)
            one, other = merged(arrivals), merged(order)
            assert (one and seen(one)) == (other and seen(other)), f"history {name}, order {turn}"
