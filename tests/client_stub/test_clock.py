"""Time on a tablet whose clock is wrong."""

from __future__ import annotations

import pytest

from client_stub import clock, edits
from schemas.clock import stamp_of, unpack
from schemas.ids import new_id
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import Tablet, family

HOUR = 3_600_000
YEAR = 365 * 24 * HOUR


def stamp(tablet: Tablet) -> int:
    """When an edit made now says that it was made (Unix ms)."""
    return unpack(edits.write(tablet.store, "visit", new_id(), {"set": {"kind": "control"}})["at"])[0]


@pytest.mark.parametrize("skew", [-YEAR, -HOUR, HOUR, YEAR])
def test_a_tablet_learns_how_far_its_clock_is_off(fake: FakeServer, tablet: Tablet, skew: int) -> None:
    fake.skew_ms = skew
    tablet.comes_home()
    assert abs(stamp(tablet) - fake.now_ms()) < 2_000


def test_an_edit_goes_past_every_stamp_the_tablet_has_seen(fake: FakeServer, tablet: Tablet) -> None:
    seen = stamp_of(clock.local_ms() + 5_000)
    fake.records[family(fake)]["at"] = seen
    tablet.comes_home()
    op = edits.write(tablet.store, "visit", new_id(), {"set": {"kind": "control"}})
    assert op["at"] > seen


def test_a_clock_set_back_does_not_turn_the_stamps_back(
    fake: FakeServer, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stamp(tablet)
    monkeypatch.setattr(clock, "local_ms", lambda: before - YEAR)
    assert stamp(tablet) >= before


def test_a_clock_that_was_once_years_ahead_is_forgiven_once_all_is_sent(
    fake: FakeServer, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.local_ms
    with monkeypatch.context() as wrong:
        wrong.setattr(clock, "local_ms", lambda: now() + YEAR)
        assert stamp(tablet) > fake.now_ms() + YEAR - HOUR
    assert stamp(tablet) > fake.now_ms() + YEAR - HOUR, "a device's own stamps never fall"

    tablet.comes_home()

    assert abs(stamp(tablet) - fake.now_ms()) < 2_000
