"""The gate in one process on SQLite, beside the floor: prints a table and writes build/bench.json.

OPS visits are pushed 500 a batch through server.intake, every check on, each commit surviving a power cut;
the floor stores the same bytes under the same promise. Machines are noisy: only ratios of one run count.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from schemas.ids import new_id
from server import devices, intake
from tests.benchmarks import floor
from tests.support.world import Tablet, World, make_app

OPS, FAMILIES, ROUNDS = 10_000, 500, 3
REPORT = Path(__file__).resolve().parents[2] / "build" / "bench.json"

Ops = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Figure:
    """`per_second`: ops, the median of ROUNDS. `floor_ratio`: what an op costs, in costs of the floor."""

    work: str
    goal: str
    per_second: int
    floor_ratio: float


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds for OPS ops, all on one machine within one minute."""

    floor: float
    fresh: float
    concurrent: float


def main() -> None:
    rounds = [measure() for _ in range(ROUNDS)]
    figures = [
        figure("the floor: executemany", "", rounds, lambda each: each.floor),
        figure("the gate, fresh records", "≥ 15,000/s, ≤ 5.5 floors", rounds, lambda each: each.fresh),
        figure("the gate, half concurrent", "≥ 8,000/s", rounds, lambda each: each.concurrent),
    ]
    show(figures)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([asdict(each) for each in figures], ensure_ascii=False, indent=2) + "\n")


def measure() -> Round:
    """One round, each part on a new database."""
    with new_world() as (world, tablet, folder):
        ops = visits(tablet, make_families(world, tablet))
        floor_seconds = floor.seconds(folder, [row(tablet, op) for op in ops])
        fresh_seconds = push(world, tablet, ops)
    with new_world() as (world, tablet, _):
        families = make_families(world, tablet)
        other = world.tablet(name="Планшет 2")
        met = visits(other, families)[::2]
        push(world, other, met)
        ops = visits(tablet, families)
        for mine, theirs in zip(ops[::2], met, strict=True):
            mine["id"] = theirs["id"]  # with base 0: neither tablet has seen the other's
        return Round(floor_seconds, fresh_seconds, push(world, tablet, ops))


@contextmanager
def new_world() -> Iterator[tuple[World, Tablet, Path]]:
    """A register on a new database; its log goes to a file, as a server's would."""
    with (
        tempfile.TemporaryDirectory(prefix="vyezd-bench-") as name,
        (Path(name) / "log").open("w") as log,
        redirect_stderr(log),
    ):
        folder = Path(name)
        world = World(make_app(f"sqlite:///{folder / 'vyezd.db'}", folder))
        yield world, world.tablet(), folder


def make_families(world: World, tablet: Tablet) -> list[str]:
    ops = [tablet.family(address=f"ул. Ленина, д. {number}") for number in range(FAMILIES)]
    push(world, tablet, ops)
    return [op["id"] for op in ops]


def visits(tablet: Tablet, families: list[str]) -> Ops:
    """OPS visits, by turns in these families."""
    return [visit(tablet, families[number % len(families)], number) for number in range(OPS)]


def visit(tablet: Tablet, family: str, number: int) -> dict[str, Any]:
    values = {
        "family": family,
        "kind": "repeat",
        "planned": True,
        "planned_at": "2026-09-07T09:00:00+04:00",
        "started_at": "2026-09-07T09:10:00+04:00",
        "ended_at": "2026-09-07T10:05:00+04:00",
        "result": {"from": None, "to": "held"},
        "purpose": f"Плановое посещение семьи № {number}, помощь с документами",
        "next_visit_due": "2026-10-07",
    }
    sets = {"participants": [tablet.world.worker], "needs": ["legal"], "circumstances": ["3"]}
    logs = {"notes": ["Дома, трезвые; дети в школе."], "gps": [{"lat": 46.35, "lon": 48.04, "accuracy": 12}]}
    return tablet.op("visit", id=new_id(), set=values, add=sets | logs)


def row(tablet: Tablet, op: dict[str, Any]) -> floor.Row:
    return op["id"], op["type"], tablet.device, op["seq"], op["at"], orjson.dumps(op).decode()


def push(world: World, tablet: Tablet, ops: Ops) -> float:
    """The seconds that the gate takes for these ops; raises AssertionError when one does not come through."""
    raws = [orjson.dumps(op) for op in ops]
    with world.inside():
        author = devices.author_of(tablet.device)
        began = time.perf_counter()
        results = [
            result
            for start in range(0, len(raws), floor.BATCH)
            for result in intake.push(author, raws[start : start + floor.BATCH])
        ]
        spent = time.perf_counter() - began
    refused = [result for result in results if result.outcome not in ("applied", "conflict")]
    assert not refused, refused[:3]
    return spent


def figure(work: str, goal: str, rounds: list[Round], part: Callable[[Round], float]) -> Figure:
    """The median of the rounds; each ratio is taken within its own round."""
    median = statistics.median(part(each) for each in rounds)
    ratio = statistics.median(part(each) / each.floor for each in rounds)
    return Figure(work, goal, round(OPS / median), round(ratio, 2))


def show(figures: list[Figure]) -> None:
    table = Table(title=f"{OPS:,} visits, median of {ROUNDS} rounds", title_justify="left")
    for heading in ("work", "goal", "ops/s", "µs an op", "× the floor"):
        table.add_column(heading, justify="left" if heading in ("work", "goal") else "right", no_wrap=True)
    for each in figures:
        micros = f"{1e6 / each.per_second:.0f}"
        table.add_row(each.work, each.goal, f"{each.per_second:,}", micros, f"{each.floor_ratio:.1f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
