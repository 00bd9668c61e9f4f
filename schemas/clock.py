"""Hybrid logical clock (Kulkarni, Demirbas, Madappa, Avva, Leone, "Logical Physical Clocks", OPODIS 2014).

A stamp is 48 bits of Unix milliseconds and a 16-bit counter, written as 16 hex digits: text order is time
order. Held as one 64-bit number, the counter's overflow carries into the milliseconds by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Lock

_COUNTER_BITS = 16
_MAX_MS = (1 << 48) - 1
_MAX_COUNTER = (1 << _COUNTER_BITS) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def pack(ms: int, counter: int) -> str:
    """The stamp of Unix milliseconds and a counter. Raises ValueError outside 48 and 16 bits."""
    if not (0 <= ms <= _MAX_MS and 0 <= counter <= _MAX_COUNTER):
        raise ValueError(f"no stamp for {ms} ms, counter {counter}")
    return f"{ms << _COUNTER_BITS | counter:016x}"


def unpack(stamp: str) -> tuple[int, int]:
    """The milliseconds and the counter of a stamp."""
    return divmod(int(stamp, 16), _MAX_COUNTER + 1)


def stamp_of(ms: int) -> str:
    """The first stamp of a millisecond."""
    return pack(ms, 0)


def day_after(stamp: str) -> str:
    """The day after a stamp's (UTC) in ISO form: wherever the stamp was made, it was not later there."""
    try:
        return (_EPOCH + timedelta(milliseconds=unpack(stamp)[0], days=1)).date().isoformat()
    except OverflowError:
        return date.max.isoformat()


class Clock:
    """A clock that never repeats a stamp, never goes back, and passes every stamp it has seen."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        """`now_ms` gives the wall clock in Unix milliseconds; it may stand still or jump."""
        self._now_ms = now_ms
        self._last = 0
        self._lock = Lock()

    def tick(self) -> str:
        """The stamp of a new event. Raises ValueError when 48 bits of milliseconds are used up."""
        with self._lock:
            self._last = max(self._last + 1, self._now_ms() << _COUNTER_BITS)
            return pack(*divmod(self._last, _MAX_COUNTER + 1))

    def observe(self, stamp: str) -> None:
        """Take note of a stamp from elsewhere: every later tick is above it."""
        with self._lock:
            self._last = max(self._last, int(stamp, 16))
