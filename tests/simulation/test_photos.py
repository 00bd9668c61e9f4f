"""Photos come home after the records, through whatever links there are, and the two are told apart."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from requests import ConnectionError, PreparedRequest, Response

from client_stub import photos
from client_stub.faults import BadLink
from client_stub.transport import Patience
from server import backup, devices, restoring, settings
from server.blobs import store
from tests.simulation.crew import Crew, whole_at_the_office
from tests.simulation.inprocess import InProcess
from tests.support import camera
from tests.support.runs import Run
from tests.support.world import World, make_app

ONCE = Patience(tries=1)


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> World:
    return World(make_app(sqlite_url, tmp_path))


@pytest.fixture
def crew(world: World, tmp_path: Path) -> Crew:
    return Crew(world, tmp_path, InProcess(world.app))


class Watched(InProcess):
    """Counts what is asked, and the bytes of chunks."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.asked: list[str] = []
        self.sizes: list[int] = []

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        place = request.path_url.removeprefix("/api/v1/").split("/")[0]
        self.asked.append(f"{request.method} {place}")
        if request.method == "PATCH":
            self.sizes.append(len(request.body or b""))
        return super().send(request)


class Broken(InProcess):
    """Carries records, and loses every chunk of a file."""

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        if "/uploads" in request.path_url:
            raise ConnectionError("no signal", request=request)
        return super().send(request)


class Deaf(Watched):
    """Carries everything but the chunks of files."""

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        if request.method == "PATCH":
            self.asked.append("PATCH")
            raise ConnectionError("cut", request=request)
        return super().send(request)


def test_a_link_that_never_lets_a_chunk_through_is_given_up_for_now(world: World, crew: Crew) -> None:
    crew.takes(crew.visits(), camera.photo())
    crew.link = link = Deaf(world.app)
    report = crew.comes_home(Patience(tries=4, pause=0.0))
    assert report.is_all_handed_in
    assert report.photo_trouble
    assert report.photos["waiting"] == 1
    assert link.asked.count("PATCH") == 4


def test_records_go_first_then_small_files_then_large_ones_each_once(world: World, crew: Crew) -> None:
    large, small = camera.photo("large", (640, 480)), camera.photo("small", (160, 120))
    visits = [crew.visits() for _ in range(3)]
    attached = [crew.takes(visits[0], large), *(crew.takes(visit, small) for visit in visits)]
    crew.link = link = Watched(world.app)
    heard: Counter[str] = Counter()
    report = crew.comes_home(tell=lambda what, number: heard.update({what: number}))

    assert report.is_all_handed_in
    assert report.are_photos_handed_in
    assert link.asked[0] == "POST sync"
    first, *rest = link.sizes
    assert first == len(small)
    assert sum(rest) == len(large)
    assert heard["photos"] == heard["photos_due"] == len(small) + len(large), "three visits show one small file"
    assert whole_at_the_office(world.app, attached) == attached


def test_a_link_that_carries_records_alone_leaves_two_facts_and_the_photos_come_later(world: World, crew: Crew) -> None:
    attached = [crew.takes(crew.visits(), camera.photo())]
    good, crew.link = crew.link, Broken(world.app)
    report = crew.comes_home(ONCE)
    assert report.trouble is None
    assert report.is_all_handed_in, "the records are at the office"
    assert not report.are_photos_handed_in
    assert report.photos["waiting"] == 1
    assert report.photo_trouble
    assert whole_at_the_office(world.app, attached) == []

    crew.link = good
    assert crew.comes_home().are_photos_handed_in
    assert whole_at_the_office(world.app, attached) == attached


@pytest.mark.proof
def test_whatever_befalls_the_link_each_file_arrives_whole(world: World, tmp_path: Path, run: Run) -> None:
    for number in range(20 if run.prove else 2):
        crew = Crew(world, tmp_path, InProcess(world.app), f"tablet-{number}")
        random = Random(f"{run.seed}/photos/{number}")
        attached = [crew.takes(crew.visits(), camera.photo((run.seed, number, n), (400, 300))) for n in range(4)]
        crew.link = BadLink(InProcess(world.app), random)
        while not (report := crew.comes_home()).are_photos_handed_in:
            assert report.photos["refused"] == []
        assert whole_at_the_office(world.app, attached) == attached, f"seed {run.seed}, tablet {number}"
        assert crew.link.inner.failures == []


def test_what_the_server_will_not_have_is_set_aside_with_its_reason_and_the_rest_goes_on(
    world: World, crew: Crew
) -> None:
    visit = crew.visits()
    cut = crew.takes(visit, camera.photo()[:-900])
    good = crew.takes(visit, camera.photo("good", (640, 480)))
    report = crew.comes_home()
    assert report.photo_trouble is None
    assert not report.are_photos_handed_in
    (refused,) = report.photos["refused"]
    assert refused["id"] == cut
    assert "повреждён" in refused["text"]
    assert whole_at_the_office(world.app, [cut, good]) == [good]
    assert len([*photos.folder(crew.store).iterdir()]) == 2, "nothing is lost: it is still on the tablet"


def test_a_tablet_that_was_revoked_hands_in_its_files_too_and_then_erases_itself(world: World, crew: Crew) -> None:
    crew.takes(crew.visits(), camera.photo())
    with world.inside():
        devices.revoke(crew.store["device"])
    report = crew.comes_home()
    assert report.photo_trouble is None
    assert crew.comes_home().erased
    assert not [*photos.folder(crew.store).iterdir()]
    with world.inside():
        assert len([*store.kept().keys()]) == 1


def test_a_server_restored_from_a_backup_is_given_the_files_that_came_after_it(
    world: World, crew: Crew, tmp_path: Path
) -> None:
    before = crew.takes(crew.visits(), camera.photo("before"))
    crew.comes_home()
    file = tmp_path / "one.backup"
    with world.inside():
        assert backup.make(file, world.app.config["VYEZD"]).files == 1
        journal = world.app.config["VYEZD"].data / "trust.journal"
    late = camera.photo("after")
    after = crew.takes(crew.visits(), late)
    crew.comes_home()

    folder = tmp_path / "restored"
    chosen = settings.read({"VYEZD_DATA": str(folder)})
    restoring.restore_keys(file, chosen)
    app = make_app(chosen.database_url, folder, prepared=False)
    with app.app_context():
        assert restoring.restore(file).files == 1
        restoring.replay(journal)
    assert whole_at_the_office(app, [before, after]) == [before]
    crew.link = link = Watched(app)
    assert crew.comes_home().are_photos_handed_in
    assert whole_at_the_office(app, [before, after]) == [before, after]
    assert sum(link.sizes) == len(late), "what the backup had is not sent again"
