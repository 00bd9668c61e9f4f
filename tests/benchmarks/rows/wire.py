"""A trip on the wire: what the product's own client sends, compressed, and in how many round trips."""

from __future__ import annotations

from contextlib import closing

from client_stub.sync import sync
from tests.benchmarks.bench import Bench
from tests.benchmarks.frame import Figure
from tests.benchmarks.link import Kind, Link
from tests.benchmarks.trip import Counting, travelled

NUMBER = 8
NAME = "wire"
WORK = "a trip on the wire (60 visits, 300 ops), gzip"
GOAL = "≤ 60 KB up; one round trip when nothing else is new"
KB = 60


def run(bench: Bench) -> list[Figure]:
    with (
        bench.scene() as scene,
        bench.served(scene) as serving,
        travelled(bench, scene, serving.url) as store,
        closing(Link(serving.port, Kind())) as link,
    ):
        server = Counting(link.url, store["token"])
        report = sync(store, server)
        up, down = link.up.carried / 1000, link.down.carried / 1000
    assert report.trouble is None, report.trouble
    note = f"{server.asked} round trip(s), {down:.0f} KB down, headers included"
    details = {"KB up": up, "KB down": down, "round trips": server.asked, "ops": len(report.results)}
    return [Figure(NAME, WORK, GOAL, up, "KB", up <= KB and server.asked == 1, note=note, details=details)]
