"""Photos come home after the records, through whatever links there are, and the two are told apart."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from requests import ConnectionError, PreparedRequest, Response

from client_stub import enrolment, photos
from client_stub.faults import BadLink, Behind
from client_stub.report import Report
from client_stub.store import Store
from client_stub.sync import sync
from client_stub.transport import Patience
from server import backup, devices, restoring, settings
from server.blobs import access, store
from server.reading.reach import EVERYBODY
from server.register import fetch
from tests.simulation.inprocess import SERVER, InProcess
from tests.support import camera
from tests.support.runs import Run
from tests.support.world import World, make_app

QUICK = Patience(tries=40, pause=0.0)
ONCE = Patience(tries=1)


class Crew:
    """A tablet of World's team with a family and visits; its files, and its way to the server."""

    def __init__(self, world: World, folder: Path, name: str = "tablet") -> None:
        self.world, self.folder, self.name = world, folder, name
        self.link: Any = InProcess(world.app)
        self.store = Store(folder / f"{name}.db")
        self.enrolls()

    def enrolls(self) -> None:
        with self.world.inside():
            code, _ = devices.new_code(self.world.team)
        enrolment.enroll(self.store, Behind(self.link, SERVER, patience=QUICK), code, self.name)
        self.store.set(worker=self.world.worker)
        self.comes_home()

    def comes_home(self, patience: Patience = QUICK, tell: Any = lambda what, number: None) -> Report:
        return sync(self.store, Behind(self.link, SERVER, self.store["token"], patience=patience), tell=tell)

    def visits(self) -> str:
        """A family and a visit to it, written without a connection."""
        from client_stub import edits, trips
        from schemas.ids import new_id

        family = trips.open_case(self.store, Random(1))
        visit = new_id()
        met = {"family": family, "kind": "initial", "started_at": "2026-05-04T10:00:00+04:00"}
        edits.write(self.store, "visit", visit, {"set": met | {"result": {"from": None, "to": "held"}}})
        return visit

    def takes(self, visit: str, data: bytes, **more: Any) -> str:
        """A picture, attached to a visit."""
        file = self.folder / "taken.jpg"
        file.write_bytes(data)
        return photos.attach(self.store, visit, file, {}, **more)


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> World:
    return World(make_app(sqlite_url, tmp_path))


@pytest.fixture
def crew(world: World, tmp_path: Path) -> Crew:
    return Crew(world, tmp_path)


def whole_at_the_office(app: Flask, attachments: list[str]) -> list[str]:
    """Those of these attachments whose file has come, and is what its hash names."""
    with app.app_context():
        found = fetch(attachments)
        come = access.arrivals(found.values())
        held = {id: come[id].held for id in found}
        for each in held.values():
            if each is not None:
                assert hashlib.sha256(store.kept().open(each.content).read()).hexdigest() == each.content
                assert access.of_person(next(id for id in held if held[id] == each), EVERYBODY)
    return [id for id in attachments if held.get(id)]


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
        crew = Crew(world, tmp_path, f"tablet-{number}")
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
    after = crew.takes(crew.visits(), camera.photo("after"))
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
    assert len(link.sizes) == 1, "what the backup had is not sent again"
