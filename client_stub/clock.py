"""The tablet's time: its own clock, the offset learned at the last contact, and the stamps of its edits."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from client_stub.store import Store
from schemas.clock import Clock, stamp_of

DAY_MS = 86_400_000
LEAP_MS = 60_000
"""A stamp further than this ahead of the server's time was made under a clock that was wrong."""


def local_ms() -> int:
    """The tablet's own clock, Unix milliseconds: wrong as tablets' clocks are."""
    return time.time_ns() // 1_000_000


def now(store: Store) -> datetime:
    """The time as the server would tell it, as far as this tablet has learned, in the tablet's time zone."""
    return datetime.fromtimestamp((local_ms() + (store["offset_ms"] or 0)) / 1000, UTC).astimezone()


def iso(ms: int) -> str:
    """Unix milliseconds as RFC 3339, UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")


def ms_of(moment: str) -> int:
    """RFC 3339 as Unix milliseconds."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def device_time() -> str:
    """The tablet's own time as it goes on the wire, uncorrected: the server measures the difference."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


def next_stamp(store: Store) -> str:
    """A stamp past every stamp that this tablet has made or seen. Call it within `write`."""
    offset = store["offset_ms"] or 0
    clock = Clock(lambda: local_ms() + offset)
    if last := store["stamp"]:
        clock.observe(last)
    stamp = clock.tick()
    store.set(stamp=stamp)
    return stamp


def see(store: Store, changes: Iterable[Mapping[str, Any]]) -> None:
    """Go past the stamps of changes that came from the server."""
    store.set(stamp=max([store["stamp"] or "", *(change["at"] for change in changes if "at" in change)]))


def learn(store: Store, server_time: str, asked_ms: int, answered_ms: int) -> None:
    """Learn from one answer how far the tablet's clock is off, taking half of the wait for the way back.

    With an empty outbox a leap made under a wrong clock is taken back: the server counts those ops at their
    time of receipt, so nothing of this tablet's lies beyond the server's present.
    """
    server_ms = ms_of(server_time)
    store.set(offset_ms=server_ms - (asked_ms + answered_ms) // 2)
    if not store.waiting() and (store["stamp"] or "") > stamp_of(server_ms + LEAP_MS):
        store.set(stamp=stamp_of(server_ms))
