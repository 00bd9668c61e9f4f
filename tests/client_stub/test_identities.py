"""A tablet that was copied: two of one name. Nothing of either is lost, nothing arrives twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from client_stub import edits, enrolment, mending
from client_stub.transport import Server
from schemas.ids import new_id
from tests.client_stub.fake_http import serving
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import Tablet, family


@pytest.fixture
def home(fake: FakeServer, tablet: Tablet) -> str:
    home = family(fake)
    tablet.comes_home()
    fake.codes |= {"BBBB-2222", "CCCC-3333"}
    return home


@pytest.fixture
def twin(tablet: Tablet, home: str, tmp_path: Path) -> Iterator[Tablet]:
    """A copy of the tablet, made while a visit waited in its outbox."""
    tablet.visits(home, "до копии")
    twin = tablet.is_copied(tmp_path / "twin.db")
    yield twin
    twin.store.close()


def test_the_worker_is_told_and_what_is_written_from_then_on_waits_for_a_new_code(
    fake: FakeServer, tablet: Tablet, twin: Tablet, home: str
) -> None:
    device = tablet.store["device"]
    for each in (tablet, twin):
        each.visits(home, "после копии")
        report = each.comes_home()
    assert report.reenrol
    assert report.waiting == 0, "the batch in flight is finished"

    late = twin.visits(home, "пока нет кода")
    assert (twin.comes_home().waiting, late in fake.records) == (1, False)
    twin.enrolls("BBBB-2222")
    report = twin.comes_home()

    assert (report.waiting, report.reenrol, report.trouble) == (0, False, None)
    assert twin.store["device"] != device
    assert fake.records[late]["rev"] == 1
    assert {fake.held.sent_by[op] for op in fake.ops if fake.ops[op]["id"] == late} == {twin.store["device"]}
    assert set(fake.sent.values()) <= {1, 2}
    assert len(fake.ops) == 4, "one visit before the copy was made, one of each after it, one with the new code"


def test_what_the_twin_may_have_handed_in_is_finished_under_the_name_they_share(
    fake: FakeServer, tablet: Tablet, twin: Tablet, home: str
) -> None:
    """The copy hears that it is one before it has sent anything, and has a new code before it sends."""
    fake.held.forked.add(tablet.store["device"])
    assert twin.comes_home(push=False).reenrol
    assert tablet.comes_home().waiting == 0
    twin.enrolls("BBBB-2222")
    fresh = twin.visits(home, "с новым кодом")

    report = twin.comes_home()

    assert [result.outcome for result in report.results] == ["applied", "applied"]
    assert {fake.held.sent_by[op] for op in fake.ops} == {tablet.store["device"], twin.store["device"]}
    assert all(record["rev"] == 1 for record in fake.records.values())
    assert twin.sees(fresh)


def test_a_batch_whose_answer_was_lost_is_finished_under_the_device_that_sent_it(
    fake: FakeServer, tablet: Tablet, home: str
) -> None:
    sent = tablet.corrects(home, household="козы")
    fake.faults = ["lost"] * 3
    assert tablet.comes_home().trouble
    fresh = tablet.corrects(home, household="корова")
    earlier = tablet.store["device"]
    tablet.enrolls("BBBB-2222")

    report = tablet.comes_home()

    assert report.trouble is None
    assert fake.held.sent_by == {sent: earlier, fresh: tablet.store["device"]}
    assert fake.ops[fresh]["seq"] > fake.ops[sent]["seq"]
    assert fake.held.forked == set()


def test_after_a_restore_each_op_is_offered_under_the_device_that_handed_it_in(
    fake: FakeServer, tablet: Tablet, home: str
) -> None:
    backup = fake.backs_up()
    first = tablet.corrects(home, household="козы")
    tablet.comes_home()
    earlier = tablet.store["device"]
    tablet.enrolls("BBBB-2222")
    second = tablet.corrects(home, household="корова")
    tablet.comes_home()
    fake.restores(backup)
    fake.held.devices |= {token: device for _, token, device in fake.enrolled.values()}  # the journal's part

    report = tablet.comes_home()

    assert (report.offered, report.to_offer, report.trouble) == (2, 0, None)
    assert fake.held.sent_by == {first: earlier, second: tablet.store["device"]}


def test_a_restored_server_that_knows_neither_device_takes_everything_from_the_new_one(
    fake: FakeServer, tablet: Tablet, home: str
) -> None:
    backup = fake.backs_up()
    backup.devices.clear()
    kept = tablet.corrects(home, household="козы")
    tablet.comes_home()
    unsent = tablet.corrects(home, household="корова")
    fake.faults = ["lost"] * 3
    tablet.comes_home()
    fake.restores(backup)
    assert "Планшет не опознан" in str(tablet.comes_home().trouble and tablet.comes_home().trouble.say("ru"))
    tablet.enrolls("BBBB-2222")

    report = tablet.comes_home()

    assert (report.trouble, report.waiting, report.to_offer) == (None, 0, 0)
    assert fake.held.sent_by == dict.fromkeys((kept, unsent), tablet.store["device"])
    assert fake.held.forked == set(), "no number was used twice"


def test_what_the_office_decides_about_an_earlier_devices_op_reaches_the_tablet_and_its_mend_goes_there(
    fake: FakeServer, tablet: Tablet, home: str
) -> None:
    errors = {"household": ["Не годится."]}
    fake.judge = lambda op: {"outcome": "applied"} if "mends" in op else {"outcome": "quarantined", "errors": errors}
    rejected, wrong = tablet.corrects(home, household="?"), tablet.corrects(home, household="!")
    tablet.comes_home()
    earlier = tablet.store["device"]
    tablet.enrolls("BBBB-2222")
    tablet.comes_home()
    fake.settles(rejected, "rejected")

    assert [each["settled"] for each in tablet.comes_home().settled] == [rejected]
    (copy,) = tablet.store.to_mend()
    mend = mending.mend(tablet.store, copy, {"household": "козы"})["op"]
    assert tablet.comes_home().settled == [{"settled": wrong, "outcome": "applied"}]
    assert fake.held.sent_by[mend] == earlier
    assert tablet.sees(home)["household"] == "козы"


def test_an_identity_that_has_no_more_to_do_is_forgotten(fake: FakeServer, tablet: Tablet, home: str) -> None:
    tablet.enrolls("BBBB-2222")
    tablet.comes_home()
    assert list(tablet.store.db.table("former").rows) == []


def test_another_server_gets_what_waits_and_nothing_that_was_another_servers(
    fake: FakeServer, tablet: Tablet, home: str
) -> None:
    tablet.corrects(home, household="козы")
    tablet.comes_home()
    waiting = edits.write(tablet.store, "visit", new_id(), {"set": {"kind": "control"}})["op"]
    with serving() as other:
        other.epoch = "00000001"
        enrolment.enroll(tablet.store, Server(other.url), "AAAA-1111", "Планшет")
        tablet.fake = other

        report = tablet.comes_home()

        assert (report.trouble, report.waiting, report.to_offer) == (None, 0, 0)
        assert list(other.ops) == [waiting]
        other.restores(type(other.held)(devices=other.held.devices))
        assert tablet.comes_home().offered == 1, "sealed to the key of the server it went to"


def test_a_copied_tablet_enrols_with_a_key_that_its_twin_does_not_have(
    fake: FakeServer, tablet: Tablet, twin: Tablet
) -> None:
    fake.held.forked.add(tablet.store["device"])
    twin.comes_home()
    fake.faults = ["lost"]

    twin.enrolls("BBBB-2222")

    keys = {code: key for code, (key, _, _) in fake.enrolled.items()}
    assert keys["AAAA-1111"] != keys["BBBB-2222"]
