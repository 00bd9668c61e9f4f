"""Push over HTTP through gunicorn on PostgreSQL: 2 workers, 8 connections, each in feeds of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, text

from server.db import reading
from server.models import Record
from tests.benchmarks import floor
from tests.benchmarks.bench import Bench
from tests.benchmarks.frame import Figure, percentile
from tests.benchmarks.pushing import push
from tests.benchmarks.scene import Scene

NUMBER = 3
NAME = "push-postgresql"
WORK = "the same on PostgreSQL, 2 workers, 8 connections, different feeds"
GOAL = "≥ 8,000 ops/s; no deadlock, no lost update"
OPS = 8_000


def run(bench: Bench) -> list[Figure]:
    connections = bench.scale.connections
    with bench.scene("PostgreSQL", teams=connections) as scene, bench.served(scene) as serving:
        before = _seen(scene)
        pushed = push(bench, scene, serving, connections)
        seen = _seen(scene)
        bare = len(pushed.ops) / floor.postgresql(scene.url, floor.rows(pushed.ops))
        memory = serving.peak_mb()
    deadlocks, lost = seen["deadlocks"], len(pushed.ops) - (seen["visits"] - before["visits"])
    met = pushed.per_second >= OPS and not (deadlocks or lost or pushed.sent.errors)
    details = {
        "p50 s": percentile(pushed.sent.batches, 0.5), "p99 s": percentile(pushed.sent.batches, 0.99),
        "deadlocks": deadlocks, "lost": lost, "errors": dict(pushed.sent.errors), "worker peak MB": memory,
        "floor ops/s": round(bare),
    }  # fmt: skip
    note = f"deadlocks {deadlocks}, lost {lost}, errors {sum(pushed.sent.errors.values())}"
    speed = pushed.per_second
    return [Figure(NAME, WORK, GOAL, speed, "ops/s", met, bare / speed, note=note, details=details)]


def _seen(scene: Scene) -> dict[str, Any]:
    """How many visits the register holds, and how often PostgreSQL broke a deadlock."""
    with scene.inside(), reading() as connection:
        visits = connection.scalar(select(func.count()).where(Record.type == "visit"))
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return {"visits": visits, "deadlocks": connection.scalar(text(query))}
