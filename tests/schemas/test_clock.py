"""The hybrid logical clock: stamps only grow, pass what was seen, and stay near the wall clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clock import Clock, day_after, pack, stamp_of, unpack

MS = st.integers(0, 2**48 - 1)
COUNTER = st.integers(0, 2**16 - 1)
REASONABLE_MS = st.integers(1_600_000_000_000, 1_600_000_100_000)


@given(MS, COUNTER)
def test_a_stamp_unpacks_to_what_was_packed(ms: int, counter: int) -> None:
    assert unpack(pack(ms, counter)) == (ms, counter)
    assert len(pack(ms, counter)) == 16


@given(st.tuples(MS, COUNTER), st.tuples(MS, COUNTER))
def test_text_order_is_time_order(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert (pack(*one) < pack(*other)) == (one < other)


@given(st.lists(st.tuples(REASONABLE_MS, st.none() | REASONABLE_MS), min_size=1, max_size=30))
def test_ticks_grow_pass_what_was_seen_and_stay_near(history: list[tuple[int, int | None]]) -> None:
    now = 0
    clock = Clock(lambda: now)
    highest, latest_ms = "", 0
    for now, seen in history:
        if seen is not None:
            clock.observe(stamp_of(seen))
            highest = max(highest, stamp_of(seen))
        tick = clock.tick()
        latest_ms = max(latest_ms, now, seen or 0)
        assert tick > highest
        assert unpack(tick)[0] == latest_ms
        highest = tick


def test_a_clock_that_stands_still_counts_and_carries() -> None:
    clock = Clock(lambda: 1000)
    clock.observe(pack(1000, 0xFFFE))
    assert unpack(clock.tick()) == (1000, 0xFFFF)
    assert unpack(clock.tick()) == (1001, 0)


def test_a_clock_set_back_goes_on_from_its_last_stamp() -> None:
    times = iter((2000, 1000))
    clock = Clock(lambda: next(times))
    assert clock.tick() == pack(2000, 0)
    assert clock.tick() == pack(2000, 1)


@pytest.mark.parametrize(("ms", "counter"), [(-1, 0), (2**48, 0), (0, 2**16), (0, -1)])
def test_no_stamp_is_made_of_what_does_not_fit(ms: int, counter: int) -> None:
    with pytest.raises(ValueError, match="no stamp"):
        pack(ms, counter)


def test_the_day_after_a_stamp() -> None:
    assert day_after(stamp_of(1_399_111_200_000)) == "2014-05-04"
    assert day_after(stamp_of(2**48 - 1)) == "9999-12-31"
