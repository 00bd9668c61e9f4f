"""A tablet is lost with work on it, revoked, found again, handed over and erased: the field client and the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from requests import ConnectionError, PreparedRequest, Response

from client_stub import edits, enrolment, view
from client_stub.report import Report
from client_stub.store import TABLES, Store
from client_stub.sync import sync
from client_stub.transport import Patience, Server
from schemas.ids import new_id
from server import audit, devices, restoring, settle, tokens
from server.clock import now
from tests.simulation.inprocess import SERVER, InProcess
from tests.support.world import World, make_app

SECRET = "Печь дымит, дети дома одни"


class Link(InProcess):
    """``loses``: numbers of the answers, from 1, that never come back."""

    def __init__(self, world: World) -> None:
        super().__init__(world.app)
        self.loses: set[int] = set()
        self.asked = 0

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        answer = super().send(request)
        self.asked += 1
        if self.asked in self.loses:
            raise ConnectionError("the answer was lost", request=request)
        return answer


class FieldTablet:
    """The field client, on a link that may lose answers."""

    def __init__(self, world: World, path: Path) -> None:
        self.world, self.path, self.link = world, path, Link(world)
        self.store = Store(path)
        with world.inside():
            code, _ = devices.new_code(world.team)
        enrolment.enroll(self.store, self.server(), code, "Планшет 7", "Иванова")
        self.device = str(self.store["device"])

    def server(self) -> Server:
        server = Server(SERVER, self.store["token"], patience=Patience(tries=1))
        server.http.mount(SERVER, self.link)
        return server

    def comes_home(self) -> Report:
        return sync(self.store, self.server())

    def row(self) -> dict[str, Any]:
        with self.world.inside():
            return next(row for row in devices.tablets() if row["id"] == self.device)

    def on_disk(self) -> bytes:
        """Whatever the file and its journal hold."""
        return b"".join(path.read_bytes() for path in self.path.parent.glob(f"{self.path.name}*"))


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> World:
    return World(make_app(sqlite_url, tmp_path / "server"))


@pytest.fixture
def tablet(world: World, tmp_path: Path) -> Iterator[FieldTablet]:
    """A tablet with a family on it."""
    tablet = FieldTablet(world, tmp_path / "tablet.db")
    made = {"set": {"territory": world.here, "address": "ул. Ленина, 5"}}
    edits.write(tablet.store, "family", new_id(), made, feed=world.here)
    assert tablet.comes_home().is_all_handed_in
    yield tablet
    tablet.store.close()


def its_family(tablet: FieldTablet) -> str:
    return str(next(iter(tablet.store.records("type = 'family'", [])))["id"])


def writes_offline(tablet: FieldTablet) -> str:
    family = its_family(tablet)
    opened = view.look(tablet.store, family)
    assert opened
    return str(edits.save(tablet.store, "family", family, {"set": {"household": SECRET}}, opened)[-1]["op"])


def test_a_lost_tablet_is_revoked_found_emptied_and_erased_and_its_work_is_saved(
    world: World, tablet: FieldTablet
) -> None:
    family, written = its_family(tablet), writes_offline(tablet)

    with world.inside():
        devices.revoke(tablet.device, reason="Потерян в дороге")
    assert tablet.row()["lease_until"] <= now()

    report = tablet.comes_home()

    assert (report.revoked, report.erased, report.waiting) == (True, True, 0)
    assert [result.outcome for result in report.results] == ["stored"]
    assert tablet.row()["drained_at"]
    assert "household" not in world.record(family).fields
    with world.inside():
        assert settle.release(written, "Смирнова Ольга Игоревна").outcome == "applied"
        told = [entry.action for entry in audit.entries(who=tablet.device)]
    assert world.record(family).fields["household"] == SECRET
    assert told[0] == "drained"
    nothing_left(tablet, family)


def nothing_left(tablet: FieldTablet, family: str) -> None:
    assert {table for table in TABLES if tablet.store.db.table(table).count} == {"meta"}
    assert tablet.store["token"] is None
    for trace in (SECRET, family, "Ленина"):
        assert trace.encode() not in tablet.on_disk()
    assert tablet.comes_home().erased


@pytest.mark.parametrize("lost", [{1}, {2}, {1, 2}, {1, 3}, {1, 3, 5}])
def test_an_answer_that_is_lost_at_any_step_of_the_farewell_loses_nothing_else(
    world: World, tablet: FieldTablet, lost: set[int]
) -> None:
    family, written = its_family(tablet), writes_offline(tablet)
    with world.inside():
        devices.revoke(tablet.device)
    tablet.link.asked, tablet.link.loses = 0, lost

    for _ in range(6):
        report = tablet.comes_home()
        if report.erased:
            break
        assert report.trouble, "nothing but a lost answer holds it up"

    assert report.erased
    assert tablet.link.asked > max(lost), "each of them was met"
    assert tablet.row()["drained_at"]
    with world.inside():
        assert settle.release(written, "Смирнова Ольга Игоревна").outcome == "applied"
    nothing_left(tablet, family)


def test_a_tablet_that_is_to_erase_itself_at_once_does_so_whether_or_not_the_server_hears(
    world: World, tablet: FieldTablet
) -> None:
    family = its_family(tablet)
    with world.inside():
        devices.revoke(tablet.device, erase=True)
    tablet.link.asked, tablet.link.loses = 0, {2}
    assert tablet.comes_home().erased
    nothing_left(tablet, family)


def test_a_revoked_tablet_reads_nothing_by_any_door(world: World, tablet: FieldTablet) -> None:
    token, cursor = tablet.store["token"], tablet.store["cursor"]
    with world.inside():
        devices.revoke(tablet.device)
    world.decide("family", its_family(tablet), 1, address="ул. Новая, 1")
    http, headers = world.app.test_client(), {"Authorization": f"Bearer {token}"}
    said = http.post("/api/v1/sync", json={"cursor": cursor}, headers=headers).get_json()
    assert (said["revoked"], said["changes"], said["scope"]) == (True, [], [])
    assert "cursor" not in said
    for path in (f"/api/v1/changes?cursor={cursor}", "/api/v1/changes", "/api/v1/schemas"):
        assert http.get(path, headers=headers).status_code == 403


def test_revoking_a_tablet_revokes_what_it_was_before_it_enrolled_again(world: World, tablet: FieldTablet) -> None:
    former, token = tablet.device, tablet.store["token"]
    with world.inside():
        code, _ = devices.new_code(world.team)
    enrolment.enroll(tablet.store, tablet.server(), code, "Планшет 7", "Иванова")
    assert tablet.store["device"] != former
    with world.inside():
        devices.revoke(tablet.store["device"])
    answer = world.app.test_client().get("/api/v1/changes", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


def test_a_token_is_changed_and_the_old_one_opens_nothing_once_the_new_one_was_used(
    world: World, tablet: FieldTablet
) -> None:
    old = tablet.store["token"]
    with world.inside():
        tokens.change(tablet.device)

    tablet.link.asked, tablet.link.loses = 0, {1}
    assert tablet.comes_home().trouble
    assert tablet.store["token"] == old, "the answer with the new token was lost"
    assert not tablet.comes_home().trouble
    new = tablet.store["token"]
    assert new != old
    assert not tablet.comes_home().trouble

    http = world.app.test_client()
    answers = [http.get("/api/v1/changes", headers={"Authorization": f"Bearer {each}"}) for each in (old, new)]
    assert [answer.status_code for answer in answers] == [401, 200]


def test_a_token_that_has_grown_old_is_changed_by_itself(world: World, tablet: FieldTablet) -> None:
    old = tablet.store["token"]
    with world.inside():
        row = tokens.owner(old)
        assert tokens.offer(row, now()) is None
        assert tokens.offer(row, now() + 31 * 24 * 3600 * 1000)
    assert not tablet.comes_home().trouble
    assert tablet.store["token"] != old


def test_a_token_changed_after_the_backup_works_on_the_restored_server(world: World, tablet: FieldTablet) -> None:
    with world.inside():
        tokens.change(tablet.device)
    tablet.comes_home()
    tablet.comes_home()
    with world.inside():
        lines = (world.app.config["VYEZD"].data / "trust.journal").read_bytes().splitlines()
        assert b'"token"' in lines[-1]
        restoring.replay(world.app.config["VYEZD"].data / "trust.journal")
    assert not tablet.comes_home().trouble
