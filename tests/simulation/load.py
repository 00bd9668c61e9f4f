"""Tablets that write and come home without a rest, each in a thread of its own, until they are told to wait."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from tests.simulation.tablets import Tablet
from tests.simulation.work import ROUTINE

PATIENCE_SECONDS = 60


class Load:
    """``came_home`` counts the syncs that went well. While it waits, nobody asks the server for anything."""

    def __init__(self, tablets: Sequence[Tablet]) -> None:
        self.tablets = tablets
        self.came_home = [0 for _ in tablets]
        self._goes_on, self._is_over = Event(), Event()
        self._idle = [Event() for _ in tablets]

    @contextmanager
    def running(self) -> Iterator[Load]:
        """The load while it lasts; it begins at once."""
        with ThreadPoolExecutor(len(self.tablets)) as pool:
            threads = [pool.submit(self._run, number) for number in range(len(self.tablets))]
            self._goes_on.set()
            try:
                yield self
            finally:
                self._is_over.set()
                self._goes_on.set()
                _raise_what(threads)

    def wait(self) -> None:
        """Everyone stops after the request under way, whatever became of it."""
        self._goes_on.clear()
        for idle in self._idle:
            assert idle.wait(PATIENCE_SECONDS), "a tablet is still waiting for an answer"

    def go_on(self) -> None:
        """Everyone goes on; returns when each has come home once."""
        before = list(self.came_home)
        self._goes_on.set()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(now == then for now, then in zip(self.came_home, before, strict=True)):
            assert time.monotonic() < deadline, "the tablets cannot come home"
            time.sleep(0.02)

    def _run(self, number: int) -> None:
        with self.tablets[number].elsewhere() as tablet:
            while not self._is_over.is_set():
                self._idle[number].set()
                self._goes_on.wait()
                self._idle[number].clear()
                tablet.works(1, ROUTINE)
                if tablet.comes_home().trouble is None:
                    self.came_home[number] += 1
                else:
                    time.sleep(0.05)


def _raise_what(threads: Sequence[Future[None]]) -> None:
    for thread in threads:
        thread.result(PATIENCE_SECONDS)
