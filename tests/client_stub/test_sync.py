"""Coming home: what is sent, and what comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from client_stub import view
from schemas.ids import new_id
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import Tablet, family


def test_a_visit_written_offline_is_sent_once_and_stays_on_screen(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    visit = tablet.visits(home, "дети здоровы")

    report = tablet.comes_home()

    assert [result.outcome for result in report.results] == ["applied"]
    assert report.trouble is None
    assert tablet.outbox() == []
    assert tablet.sees(visit)["result"] == "held"
    assert fake.records[visit]["fields"]["notes"] == ["дети здоровы"]


def test_an_edit_made_while_a_sync_is_under_way_is_not_marked_as_sent(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    tablet.corrects(home, household="козы")
    meanwhile: list[str] = []

    def worker_goes_on_writing() -> None:
        if not meanwhile:
            form = Tablet(tablet.path, fake)
            meanwhile.append(form.corrects(home, household="козы и корова"))
            form.store.close()

    fake.before_answer = worker_goes_on_writing
    tablet.comes_home(push=False)
    assert meanwhile[0] in tablet.outbox()
    meanwhile.clear()
    report = tablet.comes_home()

    assert meanwhile[0] in [result.op for result in report.results], "sent in a batch of its own"
    assert tablet.sees(home)["household"] == "козы и корова"
    assert tablet.outbox() == []


def test_a_large_outbox_goes_in_batches_and_arrives_in_order(
    fake: FakeServer, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = family(fake)
    tablet.comes_home()
    fake.requests.clear()
    for number in range(5):
        tablet.corrects(home, household=f"{number}" + "д" * 2000)
    monkeypatch.setattr("client_stub.sync.MAX_BODY", 16_384 + 10_000)

    report = tablet.comes_home()

    assert [len(request["ops"]) for request in fake.requests] == [2, 2, 1]
    assert len(report.results) == 5
    assert fake.records[home]["fields"]["household"].startswith("4")


def test_a_batch_that_the_server_finds_too_large_is_halved(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    for number in range(4):
        tablet.corrects(home, household=str(number))
    fake.faults = ["small"] * 9

    report = tablet.comes_home()

    assert report.trouble is None
    assert report.waiting == 0
    assert set(fake.sent.values()) == {1}


def test_an_op_that_no_batch_is_small_enough_for_stays_and_is_told(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    ops = [tablet.corrects(home, household=str(number)) for number in range(3)]
    fake.faults = ["full"] * 9

    report = tablet.comes_home()

    assert report.trouble
    assert report.trouble.code == "batch_too_large"
    assert tablet.outbox() == ops


def test_pull_sends_nothing(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    tablet.visits(home)

    report = tablet.comes_home(push=False)

    assert report.waiting == 1
    assert not fake.ops


def test_a_quarantined_op_stays_as_a_marked_copy_with_its_errors(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    op = tablet.corrects(home, household="?")
    errors = {"household": ["В тексте есть повреждённый знак."]}
    fake.judge = lambda op: {"outcome": "quarantined", "errors": errors}

    report = tablet.comes_home()

    assert [result.op for result in report.of("quarantined")] == [op]
    assert [(copy["op"], copy["errors"]) for copy in tablet.store.to_mend()] == [(op, errors)]
    assert tablet.store.to_mend()[0]["body"]["set"] == {"household": "?"}
    assert "household" not in tablet.sees(home)
    assert tablet.outbox() == []

    fake.extra = {"settled": [{"settled": op, "outcome": "rejected"}]}
    assert tablet.comes_home().settled == fake.extra["settled"]
    assert tablet.store.to_mend() == []
    assert tablet.comes_home().settled == [], "told once, however often the server says it"


def test_a_conflict_comes_back_as_a_disputed_field_with_both_candidates(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    op = tablet.corrects(home, address="ул. Мира, д. 3")
    candidates = [
        {"op": op, "at": "0" * 16, "by": None, "value": address} for address in ("ул. Мира, д. 3", "ул. Ленина")
    ]
    fake.judge = lambda op: {"outcome": "conflict"}
    fake.before_answer = lambda: fake.records[home].update(disputed={"address": candidates})

    report = tablet.comes_home()

    record = view.look(tablet.store, home)
    assert record
    assert [result.op for result in report.of("conflict")] == [op]
    assert record.disputed == {"address": candidates}


def test_a_record_that_left_the_scope_goes_and_its_unsent_ops_stay(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    fake.takes_away(home)
    fake.faults = ["deaf"] * 3
    op = tablet.corrects(home, household="переехали")
    tablet.comes_home()

    tablet.comes_home(push=False)

    assert tablet.store.record(home) is None
    assert tablet.outbox() == [op]
    assert tablet.sees(home) == {"household": "переехали"}


def test_records_outside_a_scope_that_shrank_leave_the_tablet(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    team = fake.office_writes("team", {"name": "Бригада № 1", "code": "B-1"}, feeds=["reference"])
    tablet.comes_home()

    fake.scope = ["reference"]
    tablet.comes_home()

    assert tablet.sees(home) == {}
    assert tablet.sees(team)


@pytest.mark.parametrize("where", ["at the push", "in the middle of the pull"])
def test_a_restored_server_is_pulled_afresh_and_nothing_unsent_is_refused(
    fake: FakeServer, tablet: Tablet, where: str
) -> None:
    homes = [family(fake, f"ул. Мира, д. {house}") for house in range(6)]
    tablet.comes_home()
    lost_with_the_disk = homes[0]
    op = tablet.corrects(homes[1], household="написано до восстановления")
    del fake.records[lost_with_the_disk]
    fake.held.journal = homes[1:]
    if where == "at the push":
        fake.restores()
    else:
        fake.page = 2
        for home in homes[1:]:
            fake.office_writes("family", {"household": "проверено"}, home)
        fake.after_answer = once(fake.restores)

    report = tablet.comes_home()

    assert report.trouble is None
    assert report.fresh_starts == 1
    assert tablet.acknowledged()[op] == "applied"
    assert tablet.store["epoch"] == fake.epoch
    assert {record.id for record in view.every(tablet.store, "family")} == set(homes[1:])
    assert {record.epoch for record in view.every(tablet.store, "family")} == {fake.epoch}


def once(call: Callable[[], None]) -> Callable[[], None]:
    """``call`` the first time, nothing afterwards."""
    calls = [call]
    return lambda: calls.pop()() if calls else None


def test_a_server_that_always_starts_again_is_left_alone(fake: FakeServer, tablet: Tablet) -> None:
    fake.page = 1
    for house in range(3):
        family(fake, f"ул. Мира, д. {house}")
    tablet.visits(new_id())
    fake.after_answer = fake.restores

    report = tablet.comes_home()

    assert report.trouble
    assert report.trouble.code == "restless"
    assert report.waiting == 0, "what was written has arrived all the same"


def test_notices_are_kept_and_told_once(fake: FakeServer, tablet: Tablet) -> None:
    notice = {"id": "n1", "kind": "returned", "record": None, "text": "Уточните дату", "due": "2026-05-10"}
    fake.extra = {"notices": [notice]}

    assert tablet.comes_home().notices == [notice]
    assert tablet.comes_home().notices == []
    assert [row["text"] for row in tablet.store.db.table("notices").rows] == ["Уточните дату"]


def test_a_revoked_tablet_hands_over_what_it_has_and_says_so(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    tablet.visits(home)
    fake.judge = lambda op: {"outcome": "stored"}
    fake.revoked = True

    report = tablet.comes_home()

    assert report.revoked
    assert report.waiting == 0
    assert len(report.of("stored")) == 1


def test_two_syncs_of_one_tablet_at_once_do_not_turn_the_cursor_back(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake, household="старое")
    stale = []

    def the_other_sync_is_faster() -> None:
        if not stale:
            stale.append("now")
            fake.office_writes("family", {"household": "новое"}, home)
            other = Tablet(tablet.path, fake)
            other.comes_home()
            stale.append(other.store["cursor"])
            other.store.close()

    fake.before_answer = the_other_sync_is_faster
    tablet.comes_home()

    assert tablet.store["cursor"] == stale[1]
    assert tablet.sees(home)["household"] == "новое"
