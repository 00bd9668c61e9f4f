"""The Friday storm: every tablet of the region comes home at the same moment, through gunicorn, on both engines."""

from __future__ import annotations

from client_stub.pace import FIRST
from tests.benchmarks.bench import ENGINES, Bench
from tests.benchmarks.frame import Figure, percentile
from tests.benchmarks.scene import Scene, dumped
from tests.benchmarks.senders import Sender, added, together

NUMBER = 7
NAME = "storm"
WORK = "the Friday storm: 200 tablets, 300 ops each, at once"
GOAL = "all home in ≤ 30 s, no error, p99 of a batch ≤ 3 s"
HOME, P99 = 30, 3
TABLETS_A_TEAM = 2


def run(bench: Bench) -> list[Figure]:
    return [_measure(bench, engine) for engine in ENGINES]


def _measure(bench: Bench, engine: str) -> Figure:
    teams = bench.scale.tablets // TABLETS_A_TEAM
    with bench.scene(engine, teams, families=20) as scene, bench.served(scene) as serving:
        senders = _tablets(bench, scene, serving.url)
        for sender in senders:
            sender.catch_up()
        seconds, sent = together(sender.send for sender in senders)
        memory = serving.peak_mb()
    total = added(sent)
    due, home = bench.scale.tablets * bench.scale.tablet_ops, total.outcomes["applied"]
    p50, p95, p99 = (percentile(total.batches, share) for share in (0.5, 0.95, 0.99))
    errors = sum(total.errors.values()) + due - home
    note = f"p50 {p50:.1f} s, p95 {p95:.1f} s, p99 {p99:.1f} s; errors {errors}; worker ≤ {memory} MB"
    details = {
        "tablets": len(senders), "ops": due, "ops/s": round(due / seconds), "batches": len(total.batches),
        "ops a batch": senders[0].batch, "p50 s": p50, "p95 s": p95, "p99 s": p99, "errors": dict(total.errors),
        "outcomes": dict(total.outcomes), "worker peak MB": memory,
    }  # fmt: skip
    met = seconds <= HOME and p99 <= P99 and not errors
    return Figure(NAME, f"{WORK}, {engine}", GOAL, seconds, "s", met, note=note, details=details)


def _tablets(bench: Bench, scene: Scene, url: str) -> list[Sender]:
    """Two tablets a team, with batches as large as a tablet's first."""
    writers = [scene.writer(crew) for crew in scene.crews for _ in range(TABLETS_A_TEAM)]
    raws = [dumped(writer.visits(bench.scale.tablet_ops)) for writer in writers]
    batch = max(1, FIRST // max(map(len, raws[0])))
    return [Sender(url, writer, mine, batch) for writer, mine in zip(writers, raws, strict=True)]
