"""Processes killed while tablets come home: what was acknowledged is there, once, and what was stored is processed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from requests.adapters import HTTPAdapter
from sqlalchemy import func, select

from server.db import db, reading, writing
from server.models import Feed, Op
from tests.simulation.fate import Fate
from tests.simulation.load import Load
from tests.simulation.play import overhearing
from tests.simulation.region import Region
from tests.simulation.service import BareService
from tests.simulation.tablets import Tablet
from tests.simulation.truth import complaints, lost_or_doubled
from tests.simulation.work import ROUTINE
from tests.support.postgres import Postgres
from tests.support.runs import Run
from tests.support.world import make_app

KILLS = 10  # an ordinary run, both engines together; ten times that in a proof
CREWS = ("first", "first", "second", "third")


@dataclass
class House:
    """A server that may be hurt, its database (None: SQLite), and a look at what it stores."""

    service: BareService
    postgres: Postgres | None
    app: Flask

    @property
    def victims(self) -> list[str]:
        return ["server", "worker", *(["database"] if self.postgres else [])]

    def kill(self, victim: str, random: Random) -> None:
        """SIGKILL, without a farewell: gunicorn and its workers at once, one worker, or the postmaster."""
        match victim:
            case "server":
                self.service.kill()
            case "worker":
                os.kill(random.choice(self.service.workers()), signal.SIGKILL)
            case "database":
                assert self.postgres
                self.postgres.kill()

    def mend(self, victim: str) -> int:
        """Starts it again (gunicorn does it for a worker). Returns how many ops were stored and not yet decided."""
        if victim == "database":
            assert self.postgres
            self.postgres.restart()
        caught = self.unprocessed()
        if victim == "database":
            self.service.command("replay")
        elif victim == "server":
            self.service.start()
        return caught

    def unprocessed(self) -> int:
        """How many ops are stored and not decided."""
        with self.app.app_context(), reading() as connection:
            return connection.scalar(select(func.count()).where(Op.state == "received")) or 0


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A real server on a database that nobody else uses, on each engine in turn."""
    postgres: Postgres | None = None
    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite_url")
    else:
        postgres = request.getfixturevalue("own_postgres")
        url = postgres.create_database()
    service = BareService(tmp_path, url)
    service.start()
    app = make_app(url, tmp_path, prepared=False)
    yield House(service, postgres, app)
    service.stop()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.proof
def test_whatever_is_killed_under_load_nothing_acknowledged_is_lost_or_counts_twice(
    house: House, tmp_path: Path, run: Run
) -> None:
    fate = Fate(f"{run.seed}/kills", real_time=True)
    kills = KILLS * (10 if run.prove else 1) // 2
    with fate.rules(), overhearing():
        region = Region(house.app, fate.random, 1)
        tablets = [crew_of(region, crew, n, house.service.url, tmp_path) for n, crew in enumerate(CREWS, 1)]
        caught = 0
        with Load(tablets).running() as load:
            for number in range(kills):
                victim = house.victims[number % len(house.victims)]
                caught += strike(house, load, victim, fate.random)
                assert lost_or_doubled(region, tablets) == [], f"seed {run.seed}, kill {number + 1}: {victim}"
                load.go_on()
            load.wait()
        settle(tablets)
        assert complaints(region, tablets, {}) == [], f"seed {run.seed}"
    print(f"{kills} kills; {sum(load.came_home)} syncs; {caught} ops were caught between storing and processing")


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_an_op_that_was_stored_when_the_server_was_killed_is_processed_at_the_start(
    house: House, tmp_path: Path, run: Run
) -> None:
    """A lock on the feed holds the second transaction back; the first one is committed by then."""
    region = Region(house.app, Random(run.seed), 1)
    tablet = crew_of(region, "first", 1, house.service.url, tmp_path)
    tablet.works(3, ROUTINE)
    written = tablet.store.waiting()
    with region.inside(), writing() as connection, ThreadPoolExecutor(1) as pool:
        connection.execute(select(Feed.id).where(Feed.id.in_(region.feeds)).with_for_update())
        hands_over = pool.submit(comes_home_elsewhere, tablet)
        while house.unprocessed() < written:
            time.sleep(0.02)
        house.service.kill()
        hands_over.result()
    assert house.unprocessed() == written

    house.service.start()
    assert house.unprocessed() == 0
    settle([tablet])
    assert complaints(region, [tablet], {}) == []


def comes_home_elsewhere(tablet: Tablet) -> None:
    with tablet.elsewhere() as same:
        same.comes_home()


def crew_of(region: Region, crew: str, number: int, url: str, folder: Path) -> Tablet:
    """An enrolled tablet with its scope pulled."""
    tablet = Tablet(f"tablet-{number}", folder, lambda: region.code(crew), HTTPAdapter(), url, Random(number))
    tablet.enrol()
    assert tablet.comes_home().trouble is None
    return tablet


def strike(house: House, load: Load, victim: str, random: Random) -> int:
    """Kills in the midst of the load; what was stored is processed before anybody asks again (a worker's: then)."""
    time.sleep(random.uniform(0.2, 0.8))
    house.kill(victim, random)
    load.wait()
    caught = house.mend(victim)
    assert victim == "worker" or house.unprocessed() == 0
    return caught


def settle(tablets: list[Tablet]) -> None:
    """All come home until there is nothing new."""
    for _ in range(3):
        for tablet in tablets:
            report = tablet.comes_home()
            assert report.trouble is None, report.trouble.say("en")
