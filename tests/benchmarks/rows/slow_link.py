"""The same trip over an emulated slow link that is cut every 20 s, by the product's own client.

It comes home three times: the first cut falls into the request, into the answer, and after both. The figure is the
worst; beside it what the same costs without a link, which is all computing. The limit counts what the link carried
both ways, the batch that was cut included: it may go out again, and nothing else.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import asdict, dataclass

from client_stub.sync import sync
from tests.benchmarks.bench import Bench
from tests.benchmarks.frame import Figure
from tests.benchmarks.link import Kind, Link
from tests.benchmarks.scene import Scene
from tests.benchmarks.serving import Serving
from tests.benchmarks.trip import Counting, travelled

NUMBER = 9
NAME = "slow-link"
WORK = "a slow link (emulated 120 kbit/s, 600 ms, connection cut every 20 s)"
GOAL = "≤ 1.25 × (bytes ÷ bandwidth + one round trip); nothing sent twice but the batch in flight"
SLOW = Kind(bits=120_000, round_trip=0.6, cut_every=20)
FIRST_CUTS = (2, 4, 20)  # seconds after the link opens
TIMES = 1.25


@dataclass(frozen=True, slots=True)
class Journey:
    """One way home. Times in seconds of the emulated link; ``batches``: ops in each request."""

    first_cut: int
    seconds: float
    ideal: float
    kb_up: float
    kb_down: float
    cuts: int
    answers: int
    twice: int
    in_flight: int
    batches: list[int]

    def __str__(self) -> str:
        return (
            f"cut at {self.first_cut} s: {self.seconds:.1f} s of {TIMES * self.ideal:.1f} s, {self.kb_up:.0f} KB up, "
            f"{self.kb_down:.0f} KB down, {len(self.batches)} requests, {self.twice} ops twice"
        )


def run(bench: Bench) -> list[Figure]:
    with bench.scene() as scene, bench.served(scene) as serving:
        bare = _come_home(bench, scene, serving, Kind(), 0)
        journeys = [_come_home(bench, scene, serving, SLOW, first_cut) for first_cut in FIRST_CUTS]
    worst = max(each.seconds / each.ideal for each in journeys)
    met = worst <= TIMES and all(each.twice <= each.in_flight for each in journeys)
    details = {"journeys": [asdict(each) for each in journeys], "s without the link": bare.seconds}
    note = "\n".join([*map(str, journeys), f"without the link {bare.seconds:.1f} s"])
    return [Figure(NAME, WORK, GOAL, worst, "× ideal", met, note=note, details=details)]


def _come_home(bench: Bench, scene: Scene, serving: Serving, kind: Kind, first_cut: int) -> Journey:
    speed = bench.scale.link_speed if kind.bits else 1
    with (
        travelled(bench, scene, serving.url) as store,
        closing(Link(serving.port, kind.faster(speed), first_cut / speed)) as link,
    ):
        server = Counting(link.url, store["token"])
        began = time.monotonic()
        report = sync(store, server)
        seconds = (time.monotonic() - began) * speed
    assert (report.trouble, report.waiting) == (None, 0), report
    up, down = link.up.carried, link.down.carried
    ideal = (up + down) * 8 / SLOW.bits + SLOW.round_trip
    return Journey(
        first_cut, seconds, ideal, up / 1000, down / 1000, link.cuts, server.asked, server.twice, server.in_flight,
        [len(ops) for ops in server.sent],
    )  # fmt: skip
