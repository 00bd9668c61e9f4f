"""The gate in one process on SQLite: every check on, each commit surviving a power cut; fresh records, and such of
which half were written by another tablet too, neither having seen the other's."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

from server.workers import spare_the_collector
from tests.benchmarks import floor
from tests.benchmarks.bench import Bench
from tests.benchmarks.frame import Figure
from tests.benchmarks.scene import Op, Scene, Writer, dumped

NUMBER = 1
NAME = "gate"
WORK = "the gate in one process on SQLite, fresh records"
GOAL = "≥ 15,000 ops/s, ≤ 5.5 × the floor"
HALF_WORK, HALF_GOAL = "the same, half of the ops concurrent", "≥ 8,000 ops/s"
OPS, FLOORS, HALF_OPS = 15_000, 5.5, 8_000


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds for the ops, all on one machine within one minute."""

    floor: float
    fresh: float
    concurrent: float


def run(bench: Bench) -> list[Figure]:
    spare_the_collector()  # as each worker does
    rounds = [_round(bench) for _ in range(bench.scale.rounds)]
    ops = bench.scale.ops
    fresh = ops / statistics.median(each.fresh for each in rounds)
    half = ops / statistics.median(each.concurrent for each in rounds)
    times = statistics.median(each.fresh / each.floor for each in rounds)
    half_times = statistics.median(each.concurrent / each.floor for each in rounds)
    bare = {"floor ops/s": round(ops / statistics.median(each.floor for each in rounds))}
    met = fresh >= OPS and times <= FLOORS
    return [
        Figure(NAME, WORK, GOAL, fresh, "ops/s", met, times, details=bare),
        Figure(NAME, HALF_WORK, HALF_GOAL, half, "ops/s", half >= HALF_OPS, half_times),
    ]


def _round(bench: Bench) -> Round:
    """Each part on a new database."""
    with bench.scene() as scene:
        writer = scene.writer(scene.crews[0])
        ops = writer.visits(bench.scale.ops)
        bare = floor.sqlite(scene.folder, floor.rows(ops))
        fresh = _push(bench, scene, writer, ops)
    with bench.scene() as scene:
        one, other = (scene.writer(scene.crews[0]) for _ in range(2))
        met = other.visits(bench.scale.ops)[::2]
        _push(bench, scene, other, met)
        ops = one.visits(bench.scale.ops)
        for mine, theirs in zip(ops[::2], met, strict=True):
            mine["id"] = theirs["id"]  # with base 0: neither tablet has seen the other's
        return Round(bare, fresh, _push(bench, scene, one, ops))


def _push(bench: Bench, scene: Scene, writer: Writer, ops: list[Op]) -> float:
    """The seconds that the gate takes."""
    raws = dumped(ops)
    with scene.inside(), bench.profiled():
        began = time.perf_counter()
        scene.push(writer, raws, bench.scale.batch)
        return time.perf_counter() - began
