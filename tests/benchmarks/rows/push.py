"""Push over HTTP through gunicorn on SQLite, as tablets do it: with a cursor, so that each answer brings the changed
records home. Beside it push alone, and the peers, which send nothing back."""

from __future__ import annotations

from tests.benchmarks import floor, peers
from tests.benchmarks.bench import Bench
from tests.benchmarks.frame import Figure, percentile
from tests.benchmarks.pushing import push

NUMBER = 2
NAME = "push"
WORK = "POST /sync over HTTP, gunicorn, SQLite"
GOAL = "≥ 15,000 ops/s; ≥ 100 × Kinto, ≥ 2 × pouchdb-server"
OPS, TIMES = 15_000, {"Kinto": 100, "pouchdb-server": 2}
CONNECTIONS = 4


def run(bench: Bench) -> list[Figure]:
    with bench.scene(teams=CONNECTIONS) as scene, bench.served(scene) as serving:
        alone = push(bench, scene, serving, CONNECTIONS, page=1)
        whole = push(bench, scene, serving, CONNECTIONS)
        bare = len(whole.ops) / floor.sqlite(scene.folder, floor.rows(whole.ops))
        memory = serving.peak_mb()
    beside = peers.pushes(bench, whole.ops)
    ratios = {name: whole.per_second / speed for name, speed in beside.speeds.items()}
    fair = {name: alone.per_second / speed for name, speed in beside.speeds.items()}
    met = whole.per_second >= OPS and all(times >= TIMES[name] for name, times in ratios.items())
    note = f"push alone {alone.per_second:,.0f} ops/s; Kinto pays for a sub-request a record{beside.why}"
    details = {
        "push alone": {"ops/s": round(alone.per_second), "peers": fair},
        "p50 s": percentile(whole.sent.batches, 0.5), "p99 s": percentile(whole.sent.batches, 0.99),
        "worker peak MB": memory, "floor ops/s": round(bare), "peers records/s": beside.speeds,
        "errors": dict(whole.sent.errors),
    }  # fmt: skip
    figure = Figure(NAME, WORK, GOAL, whole.per_second, "ops/s", met, bare / whole.per_second, ratios, note, details)
    return [figure]
