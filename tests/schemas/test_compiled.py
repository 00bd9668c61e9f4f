"""The fast check says of an op what the declarations say of it, or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import orjson
import pytest

from schemas import registry
from schemas.base import RecordType
from schemas.compiled import FastCheck
from schemas.digest import canonical
from schemas.wire import MAX_SAFE_INTEGER, read_op
from tests.schemas.examples import FIELDS, field_of_every_class
from tests.support.runs import Run

VALUES = 50_000  # a field class, in a long proof; an ordinary run takes a tenth
ID = "0198c0de-0000-7000-8000-00000000000a"
HEAD = {
    "op": ID, "type": "every", "id": ID, "seq": 1, "epoch": "5f1c09ab", "base": 0, "at": "0197f3a2c4d80000",
    "schema": registry.VERSION,
}  # fmt: skip

Every = type(
    "Every", (RecordType,), {"Meta": type("Meta", (), {"name": "every"})} | field_of_every_class(merge="latest")
)
EVERY = Every()
FAST = FastCheck(EVERY, registry.VERSION)

# What is good or nearly so, and the signs that make the one of the other.
GOOD = {
    "BirthCertificate": ("II-АБ № 123456", "ii-аб 123456", "СВ 12 345"),
    "Date": ("2024-02-29", "1800-01-01", "2199-12-31", "1799-12-31", "2014-05-31", "0000-01-01"),
    "DateTime": ("2014-05-03T10:00:00Z", "2014-05-03T10:00:00.050-03:30", "2014-05-03T24:00:00Z"),
    "Enum": ("draft", "sent"),
    "Inn": ("7707083893", "500100732259", "77 07 083893"),
    "Int": (0, -1, MAX_SAFE_INTEGER, MAX_SAFE_INTEGER + 1, -MAX_SAFE_INTEGER, 5.0),
    "ListOf": (["а", "б"], [], [" а"], ["е\u0308"], [None]),
    "LogOf": (["одна\nдве"], ["а\tб", "в"], ["а\rб"], [""]),
    "Num": (5.5, 5, 5.0, -0.0, 1e-5, 1e15, 2.5e300, MAX_SAFE_INTEGER),
    "Obj": ({"name": "а", "count": 5, "flag": True}, {"name": "а"}, {"count": 1}, {"name": "а", "flag": None}),
    "PartialDate": ("2014", "2014-05", "2014-02-29", "2014-13"),
    "PersonName": ("Кара-оол", "О'Коннор", "Сулейман оглы", "Елкина", "Ан-", "Иванoва"),
    "Phone": ("+79111234567", "8 911 123-45-67", "+7911123456"),
    "SetOf": (["Иванова", "Петров"], ["Иванова", "иванова"], ["Ёлкин", "Елкин"], ["Иванова"], ["Ива нова "]),
    "Snils": ("11223344595", "112-233-445 95", "00000000000", "11223344596"),
    "States": ({"from": None, "to": "draft"}, {"from": "draft", "to": "sent"}, {"from": "sent", "to": "draft"}),
    "Str": ("Пример", "№ 5 — «а», б…", "Ёлка", " а", "ʼ", "a\u0301", "й", "и\u0306"),
    "Text": ("одна\nдве\n\nтри", "а\tб", "\nа", "а\r\nб", "é"),
}  # fmt: skip
SIGNS = "аяАЯёЁйЙEeOo059 -'’\u0306\u0308\u0301\u0483—№\t\n\r\0\x7f\u2028.:TZ+" + "\U0001f468"
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    "",
    "0",
    0,
    1,
    -1,
    0.5,
    [],
    {},
    [[]],
    [None],
    {"name": None},
    "a" * 301,
    2**63,
)


def values(name: str, random: Random, count: int) -> Iterator[Any]:
    """Good values of a field class, and what becomes of them by small mistakes."""
    good = (FIELDS[name].example, *GOOD.get(name, ()))
    for _ in range(count):
        value = random.choice(ODD) if random.random() < 0.05 else random.choice(good)
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            value = spoilt(value, random)
        yield value


def spoilt(value: Any, random: Random) -> Any:
    """A value with one small mistake, or a small change that is none."""
    if type(value) is str:
        place = random.randrange(len(value) + 1)
        return value[:place] + random.choice((random.choice(SIGNS), "")) + value[place + random.randrange(2) :]
    if type(value) in (int, float):
        return random.choice((value + 1, -value, value * 2.0, value / 3, float(value), str(value)))
    if type(value) is list:
        return random.choice(
            (value * 2, value[1:], [*value, random.choice(ODD)], [spoilt(each, random) for each in value])
        )
    if type(value) is dict and value:
        key = random.choice(list(value))
        return random.choice(({**value, key: spoilt(value[key], random)}, {**value, "new": 1}, {**value, key: None}))
    return random.choice(ODD)


def told(op: dict[str, Any]) -> Any:
    """What the declarations say of an op: its head, its changes and its errors, in comparable form."""
    head, wrong = read_op(op)
    changes, errors = EVERY.check(op) if head else (None, wrong)
    return head, exactly(changes), errors


def exactly(changes: Any) -> Any:
    """1 and 1.0 and true are three."""
    return changes and repr([changes.set, changes.add, changes.remove, changes.inc])


@pytest.mark.proof
@pytest.mark.parametrize("name", FIELDS)
def test_what_is_known_at_sight_is_what_the_declaration_reads(name: str, run: Run) -> None:
    field, known, canonical_ones = FIELDS[name], 0, 0
    count = VALUES if run.prove else VALUES // 10
    for value in values(name, Random(f"{run.seed} {name}"), count):
        op = orjson.loads(json.dumps(HEAD | {EVERY.fields[name].part: {name: value}}))
        seen = FAST.read(op)
        head, changes, errors = told(op)
        canonical_ones += not errors and changes == exactly_given(op)
        if seen is not None:
            known += 1
            assert (vars_of(seen.head), exactly(seen.changes), {}) == (vars_of(head), changes, errors), (field, value)
            assert seen.canonical == canonical(op)
    assert known > canonical_ones / 3, "the fast check is idle"


def exactly_given(op: dict[str, Any]) -> str:
    return repr([op.get(part, {}) for part in ("set", "add", "remove", "inc")])


def vars_of(head: Any) -> dict[str, Any]:
    return {
        name: getattr(head, name) for name in head.__struct_fields__ if name in HEAD or name in ("by", "feed", "over")
    }


@pytest.mark.parametrize("name", registry.types())
def test_an_op_with_every_field_of_a_type_is_known_at_sight(name: str) -> None:
    declared, fast = registry.types()[name], registry.fast_check(name)
    op = HEAD | {"type": name} | declared.write(declared.sample())
    assert fast is not None
    seen = fast.read(op)
    assert seen is not None
    assert (seen.changes, {}) == declared.check(op)


@pytest.mark.parametrize(
    "odd",
    [
        {"seq": 0}, {"seq": True}, {"base": 2**53}, {"at": "x" * 16}, {"epoch": "5F1C09AB"}, {"op": ID.upper()},
        {"type": "no"}, {"by": ID.upper()}, {"feed": "team:"}, {"feed": f"team:{ID}"}, {"delete": 1}, {"over": [ID]},
        {"over": None}, {"void": ["x"]}, {"schema": registry.VERSION + 1}, {"was": {"5f1c09ab": 1}}, {"extra": 1},
        {"set": None}, {"set": []}, {"remove": {"SetOf": ["Иванова"]}}, {"inc": {"Counter": 1.5}}, {"set": {"no": 1}},
    ],
)  # fmt: skip
def test_an_envelope_that_is_known_at_sight_reads_the_same(odd: dict[str, Any]) -> None:
    op = HEAD | odd
    seen, (head, changes, errors) = FAST.read(op), told(op)
    if seen is not None:
        assert (vars_of(seen.head), exactly(seen.changes), {}) == (vars_of(head), changes, errors)


def test_a_day_that_has_not_come_is_looked_at_closely() -> None:
    person = registry.fast_check("person")
    assert person is not None
    op = HEAD | {"type": "person", "set": {"died": "2150-01-01"}}
    assert person.read(op) is None
    assert person.read(op | {"set": {"died": "2020-01-01"}}) is not None
