"""The closing words of a run: which engines and browser it really used, what it left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

ENGINE = "engine"  # the key of a test's user property, set by the fixture that gave it an engine


def engines(reports: Iterable[Any]) -> Counter[str]:
    """How many tests each engine ran, by its name and version."""
    return Counter(value for report in reports for key, value in report.user_properties if key == ENGINE)


def left_out(reports: Iterable[Any]) -> Counter[str]:
    """Why tests were skipped, with how many."""
    return Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports)


def lines(stats: dict[str, list[Any]]) -> list[str]:
    """What to print, from pytest's own reports (`terminalreporter.stats`)."""
    ran = engines([report for kind in ("passed", "failed") for report in stats.get(kind, [])])
    missed = left_out(stats.get("skipped", []))
    used = [f"{name} (tests: {count})" for name, count in sorted(ran.items())]
    return [
        "ran on " + (", ".join(used) or "no database engine"),
        *(f"left out (tests: {count}): {reason}" for reason, count in sorted(missed.items())),
        *([] if missed else ["nothing was left out"]),
    ]
