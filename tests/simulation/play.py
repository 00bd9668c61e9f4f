"""Fleets in this process, one after another, without a network: `python -m tests.simulation.play SEED FLEET…`.

The proofs run it in processes of their own; with the seed and number of a fleet that failed it tells the same story
again. It prints a JSON line a fleet.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import orjson
import structlog
from flask import Flask
from requests.adapters import BaseAdapter

import schemas.records
from client_stub.faults import BadLink
from schemas import registry
from server.db import db
from tests.simulation.fate import SECOND, Fate
from tests.simulation.fleet import Fleet, played
from tests.simulation.inprocess import SERVER, InProcess
from tests.simulation.region import Region
from tests.simulation.truth import is_alarm
from tests.support.postgres import Databases, Postgres
from tests.support.world import make_app

TYPES = Path(__file__).parent / "types"
ENGINES = ("sqlite", "postgresql")


class Within:
    """The air of a fleet that has no network at all: its links lead straight into the application."""

    url = SERVER

    def __init__(self, app: Flask, fate: Fate) -> None:
        self.server = InProcess(app, lambda: fate.passes(20 * SECOND))
        self.answered, self.failures = self.server.answered, self.server.failures
        self._links: list[BadLink] = []

    def link(self, random: Random) -> BaseAdapter:
        self._links.append(BadLink(self.server, random))
        return self._links[-1]

    def clears(self) -> None:
        for link in self._links:
            link.clears()


def play(app: Flask, seed: str, folder: Path) -> dict[str, Any]:
    """One fleet on the empty register of ``app``: what it did, and what is wrong."""
    fate = Fate(seed)
    with fate.rules(), overhearing() as overheard:
        region = Region(app, fate.random, 1)
        try:
            with played(fate, region, Within(app, fate), folder) as fleet:
                return _figures(fleet) | {"complaints": [*fleet.complaints(), *overheard]}
        except Exception:
            return {"complaints": [traceback.format_exc(), *overheard]}


@contextmanager
def overhearing() -> Iterator[list[str]]:
    """What the server logs meanwhile that it never should; nothing is printed."""
    alarms: list[str] = []

    def listen(_logger: Any, level: str, event: dict[str, Any]) -> Any:
        if is_alarm(event | {"level": level}):
            alarms.append(f"the server logged {event}")
        raise structlog.DropEvent

    kept = structlog.get_config()
    structlog.configure(processors=[listen])
    try:
        yield alarms
    finally:
        structlog.configure(**kept)


def _figures(fleet: Fleet) -> dict[str, Any]:
    return {
        "tablets": len(fleet.tablets),
        "ops": len(fleet.air.answered),
        "outcomes": dict(_count(outcome for outcomes in fleet.air.answered.values() for outcome in set(outcomes))),
        "office": fleet.region.deeds,
        "befell": dict(fleet.befell),
    }


def _count(items: Iterable[str]) -> Iterator[tuple[str, int]]:
    seen = list(items)
    return ((each, seen.count(each)) for each in sorted(set(seen)))


@contextmanager
def fresh(name: str, folder: Path, server: Databases | None) -> Iterator[Flask]:
    """An application on an empty register of its own, in a file or on a server, which is thrown away at the end."""
    address = server.create_database() if server else f"sqlite:///{folder / name}.db"
    with closed(make_app(address, folder)) as app:
        yield app
    if server:
        server.drop_database(address)


@contextmanager
def closed(app: Flask) -> Iterator[Flask]:
    """An application whose connections are closed at the end."""
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def main(words: list[str], say: Callable[[str], Any] = print) -> int:
    """Plays the fleets asked for. The status is 1 when anything was wrong."""
    asked = _parser().parse_args(words)
    schemas.records.__path__.append(str(TYPES))
    registry.reload()
    wrong = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vyezd-fleets-", dir=asked.folder)))
        server = _server(stack, asked.engine, asked.url)
        for number in asked.fleets:
            began = time.perf_counter()
            with fresh(f"fleet-{number}", folder, server) as app:
                told = play(app, f"{asked.seed}/{number}", folder / str(number))
            wrong += bool(told["complaints"])
            named = {"fleet": f"{asked.seed} {number}", "engine": asked.engine}
            say(orjson.dumps(named | {"seconds": round(time.perf_counter() - began, 2)} | told).decode())
    return 1 if wrong else 0


def _server(stack: ExitStack, engine: str, url: str | None) -> Databases | None:
    if engine == "sqlite":
        return None
    return Databases(url) if url else stack.enter_context(Postgres())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.play", description=__doc__)
    parser.add_argument("seed", help="where random choices start")
    parser.add_argument("fleets", nargs="+", type=int, help="the numbers of the fleets")
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--url", help="a PostgreSQL to make databases on, else one is started")
    parser.add_argument("--folder", help="where databases and tablets' files lie meanwhile")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
