"""The region's people in: 76,000 families with their people, written through the gate with history and projections."""

from __future__ import annotations

from tests.benchmarks import regional
from tests.benchmarks.bench import Bench
from tests.benchmarks.frame import Figure

NUMBER = 5
NAME = "region"
WORK = "the region's people in (76,000 families, about 550,000 ops), SQLite"
GOAL = "≤ 90 s"
SECONDS = 90


def run(bench: Bench) -> list[Figure]:
    made = regional.make(bench)
    seconds = made.seconds * made.wanted / made.families
    note = f"{made.ops:,} ops, {made.ops / made.seconds:,.0f} ops/s; this process ≤ {made.peak_mb} MB"
    if made.families < made.wanted:
        note += f"; stopped after {made.families:,} families and {made.seconds:.0f} s, the rest is reckoned"
    details = {"ops": made.ops, "families": made.families, "measured s": made.seconds, "peak MB": made.peak_mb}
    return [Figure(NAME, WORK, GOAL, seconds, "s", seconds <= SECONDS, note=note, details=details)]
