"""The figures as people and programs read them: a table, and build/bench.json."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from tests.benchmarks.bench import Bench
from tests.benchmarks.frame import Figure, all_rows

COLUMNS = ("work", "goal", "figure", "met", "× the floor", "× the peers", "note")


def table(bench: Bench, figures: Sequence[Figure]) -> Table:
    """One line a figure."""
    about = table_title(bench)
    shown = Table(title=about, title_justify="left", show_lines=True)
    for name in COLUMNS:
        shown.add_column(name, justify="right" if name in ("figure", "× the floor") else "left")
    for figure in figures:
        shown.add_row(*cells(figure))
    return shown


def table_title(bench: Bench) -> str:
    return f"{machine()['name']}; seed {bench.seed}; {bench.scale.name}"


def cells(figure: Figure) -> tuple[str, ...]:
    """A figure in words, in the order of COLUMNS."""
    value = "–" if figure.value is None else f"{_number(figure.value)} {figure.unit}"
    met = {True: "yes", False: "no", None: ""}[figure.met]
    floor = "" if figure.floor is None else f"{figure.floor:.1f}"
    peers = "\n".join(f"{name} {_number(times)}" for name, times in figure.peers.items())
    return figure.work, figure.goal, value, met, floor, peers, figure.note


def markdown(bench: Bench) -> str:
    """The kept figures as the README's table, in the order of the goals."""
    kept = [Figure(**{name: each[name] for name in Figure.__slots__}) for each in earlier(bench)]
    lines = ["| work | goal | measured | beside it |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {' | '.join([*cells(each)[:3], _beside(each)])} |" for each in kept)])


def _beside(figure: Figure) -> str:
    """The ratios of a figure in words."""
    floor = [] if figure.floor is None else [f"{_number(figure.floor)} × the floor's cost"]
    return "; ".join([*floor, *(f"{_number(times)} × {name}" for name, times in figure.peers.items())])


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def machine() -> dict[str, Any]:
    """The machine by what matters: cores, Python, SQLite."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}"
    name = f"{cores} cores, {system}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return {"name": name, "cores": cores}


def path(bench: Bench) -> Path:
    """Where the figures of a scale are kept."""
    return bench.build / ("bench.json" if bench.scale.is_full else f"bench-{bench.scale.name}.json")


def keep(bench: Bench, figures: Sequence[Figure]) -> None:
    """Writes the JSON: these rows as they are now, the others as they were."""
    measured = {figure.row for figure in figures}
    now = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "seed": bench.seed,
           "profiled": bench.profiles is not None, "load": os.getloadavg()[0]}  # fmt: skip
    kept = [each for each in earlier(bench) if each["row"] not in measured and each["row"] in all_rows()]
    order = list(all_rows())
    both = sorted(kept + [asdict(figure) | now for figure in figures], key=lambda each: order.index(each["row"]))
    told = {"machine": machine(), "scale": bench.scale.name, "figures": both}
    path(bench).parent.mkdir(parents=True, exist_ok=True)
    path(bench).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def earlier(bench: Bench) -> list[dict[str, Any]]:
    """The figures of earlier runs."""
    told = json.loads(path(bench).read_text(encoding="utf-8")) if path(bench).exists() else {}
    return told["figures"] if isinstance(told, dict) and "figures" in told else []
