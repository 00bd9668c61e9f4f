"""What an author has seen."""

from __future__ import annotations

from dataclasses import replace

import sync

OP = sync.Op(op="op", record="record", device="anna", seq=5, at="0" * 16, epoch="e1", base=3)
VERSION = replace(OP, op="other", device="boris", seq=1).version((("e1", 3),))


def test_what_was_on_the_screen_is_seen() -> None:
    assert sync.has_seen(OP, VERSION)
    assert not sync.has_seen(OP, replace(VERSION, revs=(("e1", 4),)))


def test_a_rev_counts_in_its_own_epoch_only() -> None:
    assert not sync.has_seen(OP, replace(VERSION, revs=(("e2", 3),)))
    assert sync.has_seen(OP, replace(VERSION, revs=(("e2", 9), ("e1", 3))))


def test_a_device_has_seen_its_own_earlier_versions_wherever_they_are() -> None:
    own = replace(VERSION, device="anna", seq=4, revs=(("e2", 99),))
    assert sync.has_seen(OP, own)
    assert not sync.has_seen(OP, replace(own, seq=6))


def test_a_forked_device_sees_and_is_seen_through_base_alone() -> None:
    own = replace(VERSION, device="anna", seq=4, revs=(("e1", 9),))
    assert not sync.has_seen(replace(OP, forked=True), own)
    assert not sync.has_seen(OP, replace(own, forked=True))
    assert sync.has_seen(replace(OP, forked=True, base=9), own)


def test_version_order_is_clock_then_device_then_seq() -> None:
    later = replace(VERSION, at="0" * 15 + "1", device="a", seq=1)
    assert VERSION.order < later.order < replace(later, device="b").order < replace(later, device="b", seq=2).order
