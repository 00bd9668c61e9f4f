"""Pull over HTTP through gunicorn: a team's whole scope by GET /changes, four tablets at once, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import orjson

from tests.benchmarks import floor, peers
from tests.benchmarks.bench import ENGINES, Bench
from tests.benchmarks.frame import Figure
from tests.benchmarks.scene import Op, dumped
from tests.benchmarks.senders import Connection, together

NUMBER = 4
NAME = "pull"
WORK = "pull over HTTP"
GOAL = "≥ 70,000 records/s on SQLite, ≥ 40,000 on PostgreSQL"
SPEEDS = {"SQLite": 70_000, "PostgreSQL": 40_000}
TABLETS = 4


def run(bench: Bench) -> list[Figure]:
    speeds: dict[str, tuple[float, float | None]] = {}
    ops: list[Op] = []
    for engine in ENGINES:
        ops, *speeds[engine] = _measure(bench, engine)
    with bench.folder() as folder:
        bare = len(ops) / floor.reading(folder, floor.rows(ops))
    beside = peers.pulls(bench, ops)
    return [_figure(engine, *speeds[engine], bare, beside) for engine in ENGINES]


def _measure(bench: Bench, engine: str) -> tuple[list[Op], float, float | None]:
    """The records of the scope, records a second, and the workers' peak MB."""
    with bench.scene(engine) as scene:
        writer = scene.writer(scene.crews[0])
        ops = writer.visits(bench.scale.pulled)
        with scene.inside():
            scene.push(writer, dumped(ops), bench.scale.batch)
        tablets = [scene.writer(scene.crews[0]) for _ in range(TABLETS)]
        with bench.served(scene) as serving:
            begin = [reader(serving.url, tablet.token) for tablet in tablets]
            together(begin)  # the first of each connection warms the workers
            seconds, read = together(begin)
            return ops, sum(read) / seconds, serving.peak_mb()


def reader(url: str, token: str) -> Callable[[Event], int]:
    """A tablet that reads its whole scope; it tells how many changes came."""
    http = Connection(url, {"Authorization": f"Bearer {token}"})

    def read(stop: Event) -> int:
        cursor, count, more = None, 0, True
        while more and not stop.is_set():
            status, said = http.ask("GET", "/api/v1/changes" + (f"?cursor={cursor}" if cursor else ""))
            assert status == 200, said
            count += said.count(b'\n{"type"') + said.startswith(b'{"type"')
            last = orjson.loads(said[said.rindex(b"\n", 0, -1) + 1 :] if b"\n" in said[:-1] else said)
            cursor, more = last["cursor"], last["more"]
        return count

    return read


def _figure(engine: str, speed: float, memory: float | None, bare: float, beside: peers.Beside) -> Figure:
    ratios = {name: speed / theirs for name, theirs in beside.speeds.items()}
    details = {"worker peak MB": memory, "floor records/s": round(bare), "peers records/s": beside.speeds}
    goal = f"≥ {SPEEDS[engine]:,} records/s"
    note = beside.why.removeprefix("; ")
    work, met = f"{WORK}, {engine}", speed >= SPEEDS[engine]
    return Figure(NAME, work, goal, speed, "records/s", met, bare / speed, ratios, note, details)
