"""Photos on a real server: over a slow link that is cut, from other people's clients, and under SIGKILL."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from requests.adapters import HTTPAdapter

from client_stub import photos
from client_stub.transport import Patience
from server.db import db
from tests.benchmarks.link import Kind, Link
from tests.simulation.crew import Crew, whole_at_the_office
from tests.simulation.service import BareService
from tests.support import camera
from tests.support.runs import Run
from tests.support.world import World, make_app

SLOW = Kind(bits=1_000_000, round_trip=0.2, cut_every=5.0)
MOST = 1.15
BRISK = Kind(bits=8_000_000)
KILLS = 10
START_SECONDS = 120  # it is started anew while tablets keep both cores busy
STUBBORN = Patience(tries=12, pause=0.05)


@dataclass
class Site:
    """A server at work, and its database to look into."""

    service: BareService
    world: World

    @contextmanager
    def over(self, kind: Kind) -> Iterator[Link]:
        link = Link(self.service.port, kind)
        try:
            yield link
        finally:
            link.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder / 'vyezd.db'}"
    service = BareService(folder, url)
    service.patience = START_SECONDS
    service.start()
    app = make_app(url, folder, prepared=False)
    yield Site(service, World(app))
    service.stop()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.proof
def test_a_fleet_brings_its_photos_over_one_megabit_that_is_cut_every_five_seconds(
    site: Site, tmp_path: Path, run: Run
) -> None:
    """In an ordinary run everything, the cuts too, happens four times as fast; a proof takes the real time."""
    kind = SLOW if run.prove else SLOW.faster(4)
    size = attached = 0
    with site.over(kind) as link:
        crews = [Crew(site.world, tmp_path, HTTPAdapter(), f"slow-{n}", site.service.url) for n in range(2)]
        taken: list[str] = []
        for crew in crews:
            visit = crew.visits()
            crew.comes_home()
            for n in range(8 if run.prove else 2):
                data = camera.photo((run.seed, crew.name, n), (1024, 768), orientation=1)
                taken.append(crew.takes(visit, data))
                size += len(data)
            crew.url = link.url
            before = link.up.carried
            until_all_are_home(crew)
            attached += link.up.carried - before
        assert whole_at_the_office(site.world.app, taken) == taken
        print(f"{size} bytes of photos, {attached} sent ({attached / size:.3f}), {link.cuts} cuts")
        assert link.cuts >= 3
        assert attached <= MOST * size


@pytest.mark.proof
def test_whoever_is_killed_in_the_middle_every_confirmed_file_is_whole(site: Site, tmp_path: Path, run: Run) -> None:
    random = Random(f"{run.seed}/killed photos")
    kills = KILLS * (5 if run.prove else 1)
    struck = {"client": 0, "worker": 0, "server": 0}
    taken: list[str] = []
    with site.over(BRISK) as link:
        crew = Crew(site.world, tmp_path, HTTPAdapter(), "killed", site.service.url)
        visit = crew.visits()
        crew.comes_home()
        crew.url = link.url
        for number in range(kills):
            for n in range(3):
                data = camera.photo((run.seed, "killed", number, n), (640, 480), orientation=1)
                taken.append(crew.takes(visit, data))
            victim = "server" if number % 10 == 4 else random.choice(("client", "client", "worker"))
            struck[victim] += strike(site, crew, victim, random)
            confirmed = photos_confirmed(crew)
            assert set(whole_at_the_office(site.world.app, taken)) >= confirmed, f"seed {run.seed}, kill {number + 1}"
        until_all_are_home(crew)
    assert whole_at_the_office(site.world.app, taken) == taken
    print(f"killed {struck}, {len(taken)} photos")


def until_all_are_home(crew: Crew) -> None:
    """As people do: again, while something is left."""
    for _ in range(30):
        report = crew.comes_home(STUBBORN)
        if report.are_photos_handed_in:
            return
    raise AssertionError((report.trouble, report.photo_trouble, report.photos))


def strike(site: Site, crew: Crew, victim: str, random: Random) -> bool:
    """Somebody dies while the tablet hands in. Returns whether it was still at it."""
    hands_in = multiprocessing.get_context("fork").Process(target=come_home, args=(crew,))
    hands_in.start()
    time.sleep(random.uniform(0.05, 0.5))
    was_under_way = hands_in.is_alive()
    match victim:
        case "client":
            hands_in.kill()
        case "worker":
            os.kill(random.choice(site.service.workers()), signal.SIGKILL)
        case "server":
            site.service.kill()
            site.service.start()
    hands_in.join()
    return was_under_way


def come_home(crew: Crew) -> None:
    with photos.Store(crew.store.path) as crew.store:
        crew.comes_home(Patience(tries=3, pause=0.1))


def photos_confirmed(crew: Crew) -> set[str]:
    """The attachments whose files the tablet believes to be at the office."""
    return {row["id"] for row in crew.store.db.table("photos").rows_where("state = ?", [photos.CONFIRMED])}
