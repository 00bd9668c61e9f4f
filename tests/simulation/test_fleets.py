"""Fleets over bad links, with everything that befalls tablets; at the end tablets, register and history agree.

A fleet that failed is named by its seed and number: `python -m tests.simulation.play SEED NUMBER --engine ENGINE` tells
its story again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from flask import Flask
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter

from server.db import db
from tests.simulation.fate import Fate
from tests.simulation.fleet import played
from tests.simulation.play import ENGINES, overhearing
from tests.simulation.proxy import Proxy
from tests.simulation.region import Region
from tests.simulation.service import Service
from tests.simulation.truth import is_alarm
from tests.support.postgres import Databases
from tests.support.runs import Run
from tests.support.world import make_app

WITHIN, OVER_HTTP = {"sqlite": 130, "postgresql": 50}, 20  # fleets an ordinary run; over HTTP both engines together
ALL_WITHIN, ALL_OVER_HTTP = {"sqlite": 900, "postgresql": 900}, 200  # in a proof
BLOCK = 25  # fleets a process plays
MEMORY = Path("/dev/shm")  # where there is one: power cuts are another test's matter

Told = dict[str, Any]


@pytest.mark.proof
def test_fleets_over_bad_links_lose_nothing_double_nothing_and_agree_in_the_end(
    postgres: Databases, tmp_path: Path, run: Run
) -> None:
    counts = ALL_WITHIN if run.prove else WITHIN
    blocks = [
        (engine, range(n, min(n + BLOCK, count + 1)))
        for engine, count in sorted(counts.items())
        for n in range(1, count + 1, BLOCK)
    ]
    folder = MEMORY if os.access(MEMORY, os.W_OK) else tmp_path

    def play(block: tuple[str, Iterable[int]]) -> list[Told]:
        return [*_play(run.seed, *block, postgres.url, folder)]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        told = [each for block in pool.map(play, blocks) for each in block]

    _print(told)
    assert [each for each in told if each["complaints"]] == []
    assert len(told) == sum(counts.values())


@pytest.mark.proof
def test_fleets_behind_a_proxy_that_cuts_lose_nothing_double_nothing_and_agree_in_the_end(
    bare_service: Service, tmp_path: Path, run: Run
) -> None:
    app = make_app(bare_service.database_url, bare_service.folder, prepared=False)
    told = []
    for number in range(1, (ALL_OVER_HTTP if run.prove else OVER_HTTP) // len(ENGINES) + 1):
        told.append(_over_http(app, bare_service.port, f"{run.seed}/http/{number}", number, tmp_path))
    with app.app_context():
        db.engine.dispose()

    _print(told)
    assert [each for each in told if each["complaints"]] == []
    assert [*alarms(bare_service)] == []


def _play(seed: int, engine: str, numbers: Iterable[int], url: str, folder: Path) -> Iterator[Told]:
    """What the fleets of one process tell, and one more complaint when it broke off."""
    command = [sys.executable, "-m", "tests.simulation.play", str(seed), *map(str, numbers), "--engine", engine]
    done = subprocess.run([*command, "--url", url, "--folder", str(folder)], capture_output=True, text=True)
    yield from map(orjson.loads, done.stdout.splitlines())
    if done.returncode not in (0, 1):
        yield {"fleet": f"{seed} {[*numbers]}", "engine": engine, "complaints": [done.stderr[-2000:]]}


class EachAlone(HTTPAdapter):
    """Each request on a connection of its own, so that each may suffer something."""

    def send(self, request: PreparedRequest, *words: Any, **options: Any) -> Response:
        request.headers["Connection"] = "close"
        return super().send(request, *words, **options)


class Over:
    """The air of a fleet whose links lead through a proxy to a real server."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.url = proxy.url
        self.answered: dict[str, list[str]] = {}
        self.failures: list[str] = []

    def link(self, random: Random) -> BaseAdapter:
        return EachAlone()

    def clears(self) -> None:
        self.proxy.clears()


def _over_http(app: Flask, port: int, seed: str, number: int, folder: Path) -> Told:
    fate = Fate(seed, real_time=True)
    proxy = Proxy(port, Random(seed))
    try:
        with fate.rules(), overhearing() as overheard:
            region = Region(app, fate.random, number)
            with played(fate, region, Over(proxy), folder, at_once=True) as fleet:
                figures = {"tablets": len(fleet.tablets), "suffered": proxy.suffered, "office": fleet.region.deeds}
                return {"fleet": seed, "complaints": [*fleet.complaints(), *overheard]} | figures
    except AssertionError as error:
        return {"fleet": seed, "complaints": [str(error)]}
    finally:
        proxy.close()


def alarms(service: Service) -> Iterator[str]:
    """Lines of a server's log that tell of a defect."""
    for line in service.log.read_bytes().splitlines():
        if line.startswith(b"{") and is_alarm(orjson.loads(line)):
            yield line.decode()


def _print(told: list[Told]) -> None:
    """Figures for who runs the proofs."""
    print(f"{len(told)} fleets, {sum(each.get('tablets', 0) for each in told)} tablets")
    for name in ("outcomes", "office", "befell", "suffered"):
        total: Counter[str] = Counter()
        for each in told:
            total.update(each.get(name, {}))
        if total:
            print(f"{name}: {dict(total.most_common())}")
