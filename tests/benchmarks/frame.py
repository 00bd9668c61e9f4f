"""The frame of `make bench`: a row is a small module of `rows` with a NAME and a `run` that gives Figures.

A row is given a `Bench`: counts, a seed, engines, served registers, a time by which it must be done. Machines are noisy
and this one is shared: only ratios of one run count, so a row measures its floor and its peers beside itself. A row
that fails or outlasts its bound says so in the table; none ever fails a build by time.
"""

from __future__ import annotations

import importlib
import pkgutil
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import FrameType, ModuleType
from typing import Any

from tests.benchmarks import rows
from tests.benchmarks.bench import Bench


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    ``value`` in ``unit``, None where nothing could be measured (``note`` says why). ``met``: whether it is within the
    goal; None: not measured, or not at full scale. ``floor``: what a record costs in costs of the floor. ``peers``:
    peer → how many times as fast as it. ``details``: whatever else was seen, for the JSON.
    """

    row: str
    work: str
    goal: str
    value: float | None
    unit: str
    met: bool | None = None
    floor: float | None = None
    peers: dict[str, float] = field(default_factory=dict)
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class TooLong(BaseException):
    """The row's bound in time is over: nothing but the frame may catch it."""


def all_rows() -> dict[str, ModuleType]:
    """name → module of every row, in the order of their NUMBERs: that of the goals."""
    found = [importlib.import_module(f"{rows.__name__}.{each.name}") for each in pkgutil.iter_modules(rows.__path__)]
    return {module.NAME: module for module in sorted(found, key=lambda module: module.NUMBER)}


def measure(bench: Bench, row: ModuleType) -> list[Figure]:
    """The row's figures; one that tells what went wrong where it could not be measured to its end."""
    began = time.monotonic()
    try:
        with bounded(bench.scale.bound):
            return [figure if bench.scale.is_full else replace(figure, met=None) for figure in row.run(bench)]
    except TooLong:
        return [unmeasured(row, f"ended after its {bench.scale.bound:.0f} s")]
    except Exception as error:
        if bench.strict:
            raise
        spent = time.monotonic() - began
        return [unmeasured(row, f"failed after {spent:.0f} s: {type(error).__name__}: {error}"[:300])]


def unmeasured(row: ModuleType, why: str) -> Figure:
    """A row without a figure."""
    return Figure(row.NAME, row.WORK, row.GOAL, None, "", note=why)


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raises TooLong inside after so many seconds, so that services end in order."""

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]
