"""Restores on both engines: what a life that was lost had made of ops, and what its office had decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from server import backup, clock, database, devices, epoch, history, inbox, journal, office, restoring, settings, settle
from server.db import reading, writing
from server.models import Attention
from tests.support.disks import small_disk
from tests.support.world import Tablet, World, make_app

BY = "Смирнова Ольга Игоревна"
BAD_SNILS = "112-233-445 96"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "one.backup"


def back_up(world: World, file: Path) -> None:
    with world.inside():
        backup.make(file, world.app.config["VYEZD"])


def set_back(world: World, file: Path, folder: Path, *tablets: Tablet) -> None:
    """Another server on this backup, with the journal of the one that is lost; the tablets speak to it."""
    lost = set_back_without_journal(world, file, folder, *tablets)
    with world.inside():
        restoring.replay(lost)


def set_back_without_journal(world: World, file: Path, folder: Path, *tablets: Tablet) -> Path:
    """The same, before anybody has replayed the journal. Returns where that is."""
    with world.inside():
        lost = journal.path()
    chosen = settings.read({"VYEZD_DATA": str(folder)})
    restoring.restore_keys(file, chosen)
    world.app = make_app(chosen.database_url, folder, prepared=False)
    with world.inside():
        restoring.restore(file)
    for tablet in tablets:
        tablet.http, tablet.cursor = world.app.test_client(), None
    return lost


def told(world: World, tablet: Tablet, op: dict[str, Any], was: int | None = None) -> dict[str, Any]:
    """What the server says of an op that is offered (again)."""
    offer = op | ({"was": {tablet.epoch: was}} if was else {})
    (result,) = tablet.sync(offer)["results"]
    return result


def waits(world: World) -> list[str]:
    """What the office's queue holds."""
    with world.inside(), reading() as connection:
        return sorted(connection.scalars(select(Attention.key).where(Attention.state == "open")))


def test_an_op_that_a_backup_held_unprocessed_learns_its_lost_rev_from_the_tablet_that_offers_it(
    world: World, tablet: Tablet
) -> None:
    family, other = tablet.family(address="ул. Ленина, 1"), world.tablet(name="Планшет 2")
    tablet.sync(family)
    tablet.pull()
    other.pull()
    first = tablet.op("family", family["id"], set={"address": "ул. Мира, 2"})
    knowing = other.op("family", family["id"], base=2, set={"address": "ул. Мира, 22"}, by=world.colleague)
    with world.inside():
        inbox.store(devices.author_of(tablet.device), [orjson.dumps(first)], clock.now(), None)
        with writing() as connection:
            renewed = epoch.renew(connection)
        assert database.replay() == 1
    assert other.sync(knowing | {"was": {other.epoch: 3}})["results"][0]["outcome"] == "conflict"

    (repeated,) = tablet.sync(first | {"was": {tablet.epoch: 2}})["results"]
    assert repeated == {"op": first["op"], "outcome": "applied", "rev": 2}
    record = world.record(family["id"])
    assert (record.fields["address"], record.disputed) == ("ул. Мира, 22", {})
    with world.inside():
        fates = {told.value: told.fate for told in history.story(family["id"]).fields["address"]}
    assert fates == {"ул. Ленина, 1": "replaced", "ул. Мира, 2": "replaced", "ул. Мира, 22": "shown"}
    tablet.pull()
    assert tablet.records[family["id"]]["fields"]["address"] == "ул. Мира, 22"
    assert tablet.op("family", family["id"], epoch=renewed)["base"] == record.rev


def person(tablet: Tablet, **values: Any) -> dict[str, Any]:
    good = {"surname": "Белова", "given": "Алёна", "sex": "female", "birth_date": "2014-05-03"}
    return tablet.op("person", feed=tablet.world.here, set=good | values)


def test_what_the_office_wrote_after_the_backup_is_there_again(
    world: World, tablet: Tablet, file: Path, tmp_path: Path
) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    tablet.pull()
    back_up(world, file)
    world.decide("family", family["id"], 1, address="ул. Мира, 2")
    tablet.pull()
    knowing = tablet.op("family", family["id"], set={"address": "ул. Мира, 22"})
    typo = tablet.op("family", family["id"], set={"household": "Ошибка"})
    tablet.sync(knowing, typo)
    with world.inside():
        office.write(world.office, [office.Change("family", family["id"], base=4, void=(typo["op"],))])

    set_back(world, file, tmp_path / "second", tablet)
    assert world.record(family["id"]).fields["address"] == "ул. Мира, 2"
    assert told(world, tablet, knowing, was=3)["outcome"] == "applied"
    assert told(world, tablet, typo, was=4)["outcome"] == "applied"
    record = world.record(family["id"])
    assert (record.fields["address"], record.disputed) == ("ул. Мира, 22", {})
    assert "household" not in record.fields
    assert world.decide("family", family["id"], record.rev, household="Печь").outcome == "applied"
    assert b"\xd0\x9c\xd0\xb8\xd1\x80" not in (tmp_path / "second" / "trust.journal").read_bytes()


def test_what_was_decided_after_the_backup_stands_for_ops_in_it_and_for_those_that_are_offered_again(
    world: World, tablet: Tablet, file: Path, tmp_path: Path
) -> None:
    early = [person(tablet) | {"by": world.stranger}, person(tablet, snils=BAD_SNILS)]
    tablet.sync(*early)
    back_up(world, file)
    late = [person(tablet) | {"by": world.stranger}, person(tablet, snils=BAD_SNILS)]
    tablet.sync(*late)
    with world.inside():
        for released, rejected in (early, late):
            assert settle.release(released["op"], BY).outcome == "applied"
            assert settle.reject(rejected["op"], "Перепишите по документу", BY).outcome == "rejected"

    set_back(world, file, tmp_path / "second", tablet)
    assert [world.record(op["id"]) is not None for op in (*early, *late)] == [True, False, False, False]
    assert told(world, tablet, late[0], was=1)["outcome"] == "applied"
    assert told(world, tablet, late[1])["outcome"] == "quarantined"
    assert [world.record(op["id"]) is not None for op in (*early, *late)] == [True, False, True, False]
    settled = {each["settled"]: each["outcome"] for each in tablet.sync()["settled"]}
    assert settled == {op["op"]: said for op, said in zip((*early, *late), ["applied", "rejected"] * 2, strict=True)}
    with world.inside():
        assert settle.release(late[1]["op"], "Другой").late
        assert settle.reject(late[0]["op"], "Поздно", "Другой").outcome == "applied"


def mended_by_the_office(world: World, tablet: Tablet) -> dict[str, Any]:
    """An op of the tablet that was refused, and that the office has put right."""
    wrong = person(tablet, snils=BAD_SNILS)
    tablet.sync(wrong)
    mended = office.Change("person", wrong["id"], set=wrong["set"] | {"snils": "112-233-445 95"}, mends=wrong["op"])
    with world.inside():
        assert office.write(world.office, [mended])[0].outcome == "applied"
    return wrong


def test_the_office_mends_what_a_tablet_offers_only_after_the_restore(
    world: World, tablet: Tablet, file: Path, tmp_path: Path
) -> None:
    back_up(world, file)
    wrong = mended_by_the_office(world, tablet)
    set_back(world, file, tmp_path / "second", tablet)
    assert world.record(wrong["id"]) is None
    assert told(world, tablet, wrong)["outcome"] == "quarantined"
    assert world.record(wrong["id"]).fields["snils"] == "11223344595"
    assert tablet.sync()["settled"] == [{"settled": wrong["op"], "outcome": "applied"}]


def test_the_office_has_mended_what_a_tablet_offers_before_the_journal_is_replayed(
    world: World, tablet: Tablet, file: Path, tmp_path: Path
) -> None:
    back_up(world, file)
    wrong = mended_by_the_office(world, tablet)
    lost = set_back_without_journal(world, file, tmp_path / "second", tablet)
    tablet.http.post("/api/v1/sync", json={"ops": [wrong]}, headers=tablet.headers)
    with world.inside():
        restoring.replay(lost)
    assert world.record(wrong["id"]).fields["snils"] == "11223344595"
    assert tablet.sync()["settled"] == [{"settled": wrong["op"], "outcome": "applied"}]


def test_a_visit_returned_after_the_backup_is_open_again_for_its_author(
    world: World, tablet: Tablet, file: Path, tmp_path: Path
) -> None:
    family = tablet.family()
    times = {"started_at": "2026-11-02T10:00:00+04:00", "signed_at": "2026-11-02T12:00:00+04:00"}
    visit = tablet.op("visit", set={"family": family["id"], "kind": "initial"} | times)
    tablet.sync(family, visit)
    tablet.pull()
    back_up(world, file)
    proposal = tablet.op("visit", visit["id"], set={"purpose": "До возврата"})
    assert told(world, tablet, proposal)["outcome"] == "stored"
    step = {"review_state": {"from": None, "to": "returned"}, "review_remark": "Укажите цель"}
    assert world.decide("visit", visit["id"], 1, **step).outcome == "applied"
    tablet.pull()
    again = tablet.op("visit", visit["id"], set={"purpose": "Помощь с документами"})
    assert told(world, tablet, again)["rev"] == 3

    set_back(world, file, tmp_path / "second", tablet)
    assert told(world, tablet, again, was=3)["outcome"] == "applied"
    assert told(world, tablet, proposal)["outcome"] == "stored"
    assert world.record(visit["id"]).fields["purpose"] == "Помощь с документами"
    assert waits(world) == [f"proposal:{proposal['op']}"]


def test_a_journal_goes_on_in_the_restored_server_and_is_replayed_twice_without_harm(
    world: World, tablet: Tablet, file: Path, tmp_path: Path
) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    back_up(world, file)
    world.decide("family", family["id"], 1, address="ул. Мира, 2")
    set_back(world, file, tmp_path / "second", tablet)
    world.decide("family", family["id"], 2, household="Печь")
    set_back(world, file, tmp_path / "third", tablet)
    with world.inside():
        again = restoring.replay(journal.path())
    assert (again.devices, again.revocations, again.decisions) == (0, 0, 0)
    record = world.record(family["id"])
    assert (record.fields["address"], record.fields["household"], record.rev) == ("ул. Мира, 2", "Печь", 3)


def test_what_a_tablet_wrote_of_its_trip_stands_again_as_its_own_worker_s_word(
    world: World, tablet: Tablet, file: Path, tmp_path: Path
) -> None:
    back_up(world, file)
    days = {"date_from": "2026-11-20", "date_to": "2026-11-22"}
    trip = tablet.op("trip", set={"team": world.team} | days)
    assert told(world, tablet, trip)["outcome"] == "applied"
    set_back(world, file, tmp_path / "second", tablet)
    assert told(world, tablet, trip, was=1)["outcome"] == "applied"


def test_a_line_that_a_crash_has_torn_off_spoils_no_other_line_of_the_journal(
    world: World, tablet: Tablet, file: Path, tmp_path: Path
) -> None:
    other = world.tablet(name="Планшет 2")
    back_up(world, file)
    torn = b'{"kind":"revoked","device":"' + b"0" * 100_000
    for each in (tablet, other):
        with world.inside():
            devices.revoke(each.device)
            with journal.path().open("ab") as lines:
                lines.write(torn)
    set_back(world, file, tmp_path / "second")
    with world.inside():
        assert all(each["revoked_at"] for each in devices.tablets())


def test_a_line_for_which_the_disk_has_no_room_refuses_what_it_tells_of_and_leaves_nothing(
    world: World, tablet: Tablet
) -> None:
    with world.inside():
        before = journal.path().read_bytes()
        with small_disk(len(before) + 40), pytest.raises(OSError, match="too large"):
            journal.append(journal.path(), {"kind": "revoked", "device": tablet.device, "at": 1})
        assert journal.path().read_bytes() == before
