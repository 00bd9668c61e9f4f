"""Growth: what an op costs with a long history behind it, beside what the same batches cost with a short one.

The long history is made once and kept under build/. A history is grown in bulk: the gate makes one visit with four
second thoughts in each team, and its rows are copied under new ids into every table, so that each look-up of the gate
meets as many rows as it would. Half of a measured batch edits old visits, half of it makes new ones.
"""

from __future__ import annotations

import statistics
import time
from random import Random

from tests.benchmarks import growing
from tests.benchmarks.bench import Bench
from tests.benchmarks.frame import Figure
from tests.benchmarks.growing import Grown
from tests.benchmarks.scene import Writer, dumped

NUMBER = 10
NAME = "growth"
WORK = "growth: an op at 5,000,000 changes of history beside one at 50,000, SQLite"
GOAL = "≤ 1.3 × the cost"
TIMES = 1.3


def run(bench: Bench) -> list[Figure]:
    before, after = bench.scale.history
    growing.discard(bench, before)  # every run edits many of its few visits
    with growing.history(bench, before) as short, growing.history(bench, after) as long:
        ways = [_Way(bench, short), _Way(bench, long)]
        for way in ways:
            way.push()  # warms up
        pairs = [[way.push() for way in ways] for _ in range(bench.scale.growth_batches)]
        gb = long.size_gb()
    spent, worked = [], []
    for way in zip(*pairs, strict=True):
        spent.append(_micros(bench, [seconds for seconds, _ in way]))
        worked.append(_micros(bench, [seconds for _, seconds in way]))
    times, of_work = spent[1] / spent[0], worked[1] / worked[0]
    note = f"{spent[0]:.0f} and {spent[1]:.0f} µs an op; of processor time alone × {of_work:.2f}; {gb:.1f} GB"
    details = {"µs an op": spent, "µs of processor time": worked, "history": [short.count, long.count], "GB": gb}
    return [Figure(NAME, WORK, GOAL, times, "×", times <= TIMES, note=note, details=details)]


def _micros(bench: Bench, seconds: list[float]) -> float:
    """Microseconds an op, from the seconds of batches."""
    return 1e6 * statistics.median(seconds) / bench.scale.batch


class _Way:
    """Batches for one of the histories, the same for both but for ids."""

    def __init__(self, bench: Bench, grown: Grown) -> None:
        self.bench, self.grown = bench, grown
        self.random: Random = bench.random("growth")
        self.writers: list[Writer] = [grown.scene.writer(crew) for crew in grown.scene.crews]

    def push(self) -> tuple[float, float]:
        """The seconds of one batch of a team, and those of processor time."""
        number = self.random.randrange(len(self.writers))
        writer, half = self.writers[number], self.bench.scale.batch // 2
        known = self.random.sample(self.grown.visits[number], half)
        ops = [writer.note(visit, growing.OPS_A_VISIT) for visit in known] + writer.visits(half)
        raws = dumped(ops)
        with self.grown.scene.inside(), self.bench.profiled():
            began, worked = time.perf_counter(), time.process_time()
            self.grown.scene.push(writer, raws, len(raws))
            return time.perf_counter() - began, time.process_time() - worked
