"""The law, for the fields of every record type there is: three ops of two tablets make one record in any order."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

import sync
from schemas import registry
from schemas.fields import Field, States

EPOCH = "e1"


def other(field: Field, value: Any, number: int) -> Any:
    """A value unlike the sample's: the engine asks for no more."""
    if isinstance(field, States):
        states = [step for each in field.transitions.values() for step in each]
        return {"from": None, "to": states[number % len(states)]}
    if isinstance(value, list):
        return [*value, f"{value!r}{number}"]
    if isinstance(value, bool) or value is None:
        return bool(number % 2)
    return value + number if isinstance(value, int | float) else f"{value}{number}"


def ops_on(name: str) -> list[sync.Op]:
    """One tablet makes the record and writes on; another, which has not seen that, writes all its fields too."""
    declared = registry.types()[name]
    ops = []
    for number, (device, seq) in enumerate((("anna", 1), ("boris", 1), ("anna", 2))):
        values = {key: other(declared.fields[key], value, number) for key, value in declared.sample().items()}
        parts = declared.write(values)
        written = {part: parts.get(part, {}) for part in ("set", "add", "inc")}
        ops.append(sync.Op(f"op{number}", "r", device, seq, f"{number:016}", EPOCH, 0, **written))
    return ops


@pytest.mark.parametrize("name", registry.types())
def test_every_type_obeys_the_law(name: str) -> None:
    rules, seen = registry.rules(name), []
    for order in permutations(ops_on(name)):
        record = None
        for rev, op in enumerate(order, 1):
            record = sync.merge(record, op, rules, EPOCH, rev).record
        assert record is not None
        seen.append((record.fields, sync.disputed(record, rules)))
    assert all(each == seen[0] for each in seen)
