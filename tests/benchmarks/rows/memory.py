"""Memory: the largest resident size of a worker while the region is pulled, and of the commands that export it."""

from __future__ import annotations

import os

from server import devices
from tests.benchmarks import regional
from tests.benchmarks.bench import Bench
from tests.benchmarks.frame import Figure
from tests.benchmarks.rows.pull import reader
from tests.benchmarks.senders import together
from tests.benchmarks.serving import Serving, peak_of_command
from tests.simulation.service import PROGRAM

NUMBER = 11
NAME = "memory"
WORK = "memory of a worker while the region is imported, exported and pulled"
GOAL = "≤ 200 MB"
MB = 200
TABLETS = 4


def run(bench: Bench) -> list[Figure]:
    with regional.there(bench) as (app, made), app.app_context():
        tokens = [devices.enroll(devices.new_code(made.plan.team)[0], "Планшет", "bench", f"key-{n}").token
                  for n in range(TABLETS)]  # fmt: skip
    place, url = regional.folder(bench), regional.url(bench)
    serving = Serving(place, url)
    serving.start()
    try:
        _, read = together(reader(serving.url, token) for token in tokens)
        pulled = serving.peak_mb()
    finally:
        serving.stop()
    settings = os.environ | {"VYEZD_DATA": str(place), "VYEZD_DATABASE_URL": url}
    command = [PROGRAM, "export", "person", "--format", "csv", "--out", place / "persons.csv"]
    exported = peak_of_command(command, env=settings)
    seen = {"imported": made.peak_mb, "exported": exported, "pulled": pulled}
    worst = max((each for each in seen.values() if each is not None), default=None)
    note = ", ".join(f"{what} {each} MB" for what, each in seen.items()) + f"; {sum(read):,} records read"
    met = worst is not None and worst <= MB
    return [Figure(NAME, WORK, GOAL, worst, "MB", met, note=note, details=seen)]
