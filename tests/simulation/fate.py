"""Time and chance of one simulated fleet: both come from its seed, so that a seed tells the same story again.

The server, the tablets and the ids of both read the time from here. Each tablet's clock is wrong in its own way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from schemas.ids import new_id

BEGINNING = 1_790_000_000_000  # Unix ms: a day in September 2026
SECOND, MINUTE, DAY = 1_000, 60_000, 86_400_000
SKEWS = (0, 0, 3 * SECOND, -40 * SECOND, 90 * MINUTE, -5 * DAY, 40 * DAY, 4000 * DAY, -900 * DAY)

_skew: ContextVar[int] = ContextVar("skew", default=0)


class Fate:
    """``random`` starts from ``seed``; ``passes`` lets time go on. With ``real_time`` the clock on the wall is true."""

    def __init__(self, seed: str, real_time: bool = False) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.real_time = real_time
        self._ms = BEGINNING

    def now(self) -> int:
        """The true time, Unix ms."""
        return time.time_ns() // 1_000_000 if self.real_time else self._ms

    def passes(self, longest: int) -> None:
        """Lets up to ``longest`` ms go by."""
        self._ms += self.random.randint(1, longest)

    @contextmanager
    def rules(self) -> Iterator[None]:
        """While it lasts, everything in this process reads time and ids from here."""
        with ExitStack() as patches:
            patches.enter_context(patch("client_stub.clock.time", _clock(lambda: self.now() + _skew.get())))
            if not self.real_time:
                patches.enter_context(patch("server.clock.time", _clock(self.now)))
                patches.enter_context(patch("schemas.ids.time", _clock(self.now)))
                patches.enter_context(patch.object(new_id, "__defaults__", (None, self.random.getrandbits)))
            yield


def _clock(ms: Any) -> SimpleNamespace:
    """What stands in for the module `time` where it is asked for the time of day."""
    return SimpleNamespace(time_ns=lambda: ms() * 1_000_000)


@contextmanager
def skewed(ms: int) -> Iterator[None]:
    """While it lasts, tablets of this thread read a clock that is wrong by so many ms."""
    token = _skew.set(ms)
    try:
        yield
    finally:
        _skew.reset(token)
