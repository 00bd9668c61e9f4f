"""The envelope of an op: what is read, and what is refused by key."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from schemas.wire import OpHead, read_op
from tests.schemas.examples import JSON

ID = "0198c0de-0000-7000-8000-00000000000"
OP = {
    "op": f"{ID}1",
    "type": "visit",
    "id": f"{ID}2",
    "seq": 17,
    "epoch": "5f1c09ab",
    "base": 4,
    "at": "0197f3a2c4d80000",
    "by": f"{ID}3",
    "schema": 1,
}


def head_of(**changes: Any) -> OpHead:
    head, errors = read_op(OP | changes)
    assert not errors
    assert head is not None
    return head


def test_the_head_of_an_ordinary_op() -> None:
    head = head_of(feed=f"{ID}4", set={"purpose": "…"}, add={"needs": ["legal"]}, remove={}, inc={"attended": 3})
    assert (head.op, head.type, head.id, head.seq) == (f"{ID}1", "visit", f"{ID}2", 17)
    assert (head.epoch, head.base, head.at, head.by, head.schema) == ("5f1c09ab", 4, OP["at"], f"{ID}3", 1)
    assert head.feed == f"{ID}4"
    assert (head.delete, head.over, head.void, head.mends, head.was) == (None, None, (), None, {})


def test_what_the_office_and_a_restore_add() -> None:
    head = head_of(
        delete=False,
        over=[f"{ID}5"],
        void=[f"{ID}6"],
        mends=f"{ID}7",
        was={"00000001": 3},
        feed=f"team:{ID}8",
    )
    assert head.delete is False
    assert (head.over, head.void, head.mends) == ((f"{ID}5",), (f"{ID}6",), f"{ID}7")
    assert head.was == {"00000001": 3}
    assert head.feed == f"team:{ID}8"


def test_ids_are_lower_cased_and_null_counts_as_absent() -> None:
    head = head_of(op=OP["op"].upper(), by=None, over=None, feed="reference")
    assert (head.op, head.by, head.over, head.feed) == (OP["op"], None, None, "reference")


def test_naming_no_candidate_is_not_the_same_as_saying_nothing() -> None:
    assert head_of(over=[]).over == ()


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("op", "17", "type.uuid"),
        ("op", "0198c0de000070008000000000000001", "type.uuid"),
        ("id", 17, "type.uuid"),
        ("type", "Visit", "type.name"),
        ("type", "__class__", "type.name"),
        ("seq", 0, "range|1|9007199254740991"),
        ("seq", True, "type.integer"),
        ("seq", "17", "type.integer"),
        ("seq", 17.0, "type.integer"),
        ("seq", 2**63, "range|1|9007199254740991"),
        ("base", -1, "range|0|9007199254740991"),
        ("epoch", "5F1C09AB", "epoch"),
        ("epoch", "5f1c09a", "epoch"),
        ("at", "0197F3A2C4D80000", "stamp"),
        ("at", "now", "stamp"),
        ("by", "Петрова", "type.uuid"),
        ("schema", 0, "range|1|9007199254740991"),
        ("feed", "12605000", "feed"),
        ("feed", "team:1", "feed"),
        ("feed", ["reference"], "feed"),
        ("delete", "true", "type.boolean"),
        ("over", f"{ID}1", "type.list"),
        ("over", ["x"], "type.uuid"),
        ("void", {}, "type.list"),
        ("mends", 1, "type.uuid"),
        ("was", {"x": 1}, "epoch"),
        ("was", {"00000001": 0}, "range|1|9007199254740991"),
        ("was", [], "type.object"),
        ("colour", "red", "unknown_key"),
    ],
)
def test_a_bad_key_is_refused_by_name(key: str, value: Any, code: str) -> None:
    head, errors = read_op(OP | {key: value})
    assert head is None
    assert errors == {key: [code]}


@pytest.mark.parametrize("key", [key for key in OP if key != "by"])
@pytest.mark.parametrize("absent", [True, False])
def test_what_an_op_must_have(key: str, absent: bool) -> None:
    op = {name: value for name, value in OP.items() if name != key} if absent else OP | {key: None}
    assert read_op(op) == (None, {key: ["missing"]})


def test_all_that_is_wrong_is_said_at_once() -> None:
    head, errors = read_op({"op": 1, "x\ud800": 2})
    assert head is None
    assert errors["op"] == ["type.uuid"]
    assert errors["x\\ud800"] == ["unknown_key"]
    assert errors["seq"] == errors["at"] == ["missing"]


@given(JSON)
def test_nothing_that_arrives_breaks_the_reader(raw: Any) -> None:
    head, errors = read_op(raw)
    assert head is None
    assert errors
