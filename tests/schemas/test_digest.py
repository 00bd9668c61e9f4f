"""Canonical bytes agree with the reference implementation of RFC 8785; ids are version 7."""

from __future__ import annotations

import random
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from schemas.digest import canonical, record_digest, sha256_hex
from schemas.ids import new_id

TEXT = st.text(max_size=12) | st.text('\x00\x07\b\t\n\x1f"\\/\x7f\x80жё\ue000\ufb33😀', max_size=6)
NUMBER = (
    st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-1000, 1000)
    | st.decimals(-1000, 1000, places=6).map(float)
)
VALUE = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)


@given(VALUE)
def test_canonical_bytes_are_those_of_the_reference(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.floats(1e-5, 1e16) | st.floats(1e-5, 1e16).map(lambda number: -number))
def test_floats_are_written_as_the_reference_writes_them(number: float) -> None:
    assert canonical({"n": number}) == rfc8785.dumps({"n": number})


def test_order_of_keys_and_elements() -> None:
    assert canonical({"b": 1, "a": [3, 2]}) == b'{"a":[3,2],"b":1}'
    assert canonical({"\ufb33": 1, "😀": 2}) == '{"😀":2,"\ufb33":1}'.encode()
    assert canonical(5.0) == b"5"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800", {"\ud800": 1}, {1: 2}, object()])
def test_what_json_cannot_say_exactly_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical([value])


def test_digests() -> None:
    assert sha256_hex(b"") == sha256(b"").hexdigest()
    assert record_digest("a", 5) == int(sha256_hex(b"a:5"), 16)


def test_an_id_is_a_version_7_uuid_of_its_time() -> None:
    made = UUID(new_id(1_399_111_200_000))
    assert made.version == 7
    assert made.int >> 80 == 1_399_111_200_000
    assert new_id() != new_id()


def test_ids_sort_by_time_and_a_seed_repeats_them() -> None:
    assert new_id(1) < new_id(2)
    assert new_id(1, random.Random(7).getrandbits) == new_id(1, random.Random(7).getrandbits)
