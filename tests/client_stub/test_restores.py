"""A server that was restored from a backup: what it has lost comes back from the tablets, sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from client_stub import kept, leaving, mending, photos, view
from client_stub.kept import DAYS
from schemas.ids import new_id
from schemas.wire import MAX_OP_BYTES
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import Tablet, family

DAY_MS = 24 * 3600 * 1000


def test_what_was_acknowledged_after_the_backup_is_handed_in_again_sealed(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    before = tablet.corrects(home, household="до копии")
    tablet.comes_home()
    backup, first = fake.backs_up(), fake.epoch
    visit = tablet.visits(home, "после копии")
    tablet.comes_home()
    fake.restores(backup)
    assert visit not in fake.records

    report = tablet.comes_home()

    assert (report.offered, report.to_offer, report.trouble) == (2, 0, None)
    assert fake.records[visit]["fields"]["notes"] == ["после копии"]
    assert tablet.sees(visit)["notes"] == ["после копии"]
    assert fake.offers[before] == {first: 2}
    assert tablet.kept()[before] == {first: 2, fake.epoch: 2}
    assert all("household" not in str(op) for request in fake.requests[-2:] for op in request["ops"]), "sealed"
    assert tablet.comes_home().offered == 0


def test_every_epoch_that_acknowledged_an_op_is_named(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    empty, epochs = fake.backs_up(), []
    op = tablet.corrects(home, household="козы")
    for _ in range(3):
        tablet.comes_home()
        epochs.append(fake.epoch)
        fake.restores(empty)
    tablet.comes_home()

    assert fake.offers[op] == dict.fromkeys(epochs, 2)
    assert tablet.kept()[op] == dict.fromkeys([*epochs, fake.epoch], 2)


def test_an_op_is_sealed_when_it_is_written_and_its_plain_copy_goes_with_the_pull(
    fake: FakeServer, tablet: Tablet
) -> None:
    home = family(fake)
    tablet.comes_home()
    op = tablet.corrects(home, household="козы")
    (waiting,) = tablet.store.db.table("outbox").rows
    assert "козы" in waiting["body"]
    assert waiting["sealed"].startswith(b"age-encryption.org/v1")

    tablet.comes_home()

    (told,) = tablet.store.db.table("acknowledged").rows
    assert (told["op"], told["body"]) == (op, None)
    (sealed,) = tablet.store.db.table("kept").rows
    assert (sealed["op"], sealed["sealed"]) == (op, waiting["sealed"])


def test_ops_are_offered_in_batches_and_a_cut_in_the_middle_goes_on_later(
    fake: FakeServer, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = family(fake)
    tablet.comes_home()
    backup = fake.backs_up()
    visits = [tablet.visits(home, "д" * 2000) for _ in range(6)]
    tablet.comes_home()
    fake.restores(backup)
    monkeypatch.setattr("client_stub.sync.MAX_BODY", 16_384 + 14_000)
    fake.requests.clear()
    fake.faults = ["", "", "lost", "deaf", "deaf"]
    progress: dict[str, int] = dict.fromkeys(("due", "offered", "sent", "received"), 0)

    def tell(what: str, number: int) -> None:
        progress[what] += number

    cut = tablet.comes_home(tell=tell)

    assert cut.trouble
    assert (cut.offered, cut.to_offer) == (2, 4)
    assert (progress["due"], progress["offered"]) == (6, 2)
    assert [bool(tablet.sees(visit)) for visit in visits] == [True] * 6, "what the server lacks stays on screen"

    went_on = tablet.comes_home()

    assert (went_on.offered, went_on.to_offer, went_on.trouble) == (4, 0, None)
    assert {len(request["ops"]) for request in fake.requests} == {0, 2}
    assert [fake.records[visit]["rev"] for visit in visits] == [1] * 6
    assert all(tablet.sees(visit) for visit in visits)


def test_a_pull_alone_hands_nothing_in_and_keeps_on_screen_what_the_server_lacks(
    fake: FakeServer, tablet: Tablet
) -> None:
    home = family(fake)
    tablet.comes_home()
    backup = fake.backs_up()
    visit = tablet.visits(home, "заметка")
    tablet.comes_home()
    fake.restores(backup)

    assert tablet.comes_home(push=False).to_offer == 1
    assert tablet.sees(visit)
    assert tablet.comes_home().offered == 1


def test_a_restore_in_the_middle_of_a_pull_is_answered_with_what_is_kept(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    backup = fake.backs_up()
    visit = tablet.visits(home, "заметка")
    tablet.comes_home()
    for house in range(4):
        family(fake, f"ул. Мира, д. {house}")
    fake.page = 1
    restores = [lambda: fake.restores(backup)]
    fake.after_answer = lambda: restores.pop()() if restores else None

    report = tablet.comes_home()

    assert (report.trouble, report.offered) == (None, 1)
    assert fake.records[visit]["rev"] == 1
    assert tablet.sees(visit)


def test_an_op_that_no_rev_was_given_is_offered_too(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    backup = fake.backs_up()
    op = tablet.corrects(home, household="на хранение")
    fake.judge = lambda op: {"outcome": "stored"}
    tablet.comes_home()
    fake.restores(backup)

    assert tablet.comes_home().offered == 1
    assert (fake.offers[op], tablet.kept()[op]) == ({}, {})
    assert tablet.comes_home().offered == 0


def test_what_was_settled_stays_settled_though_a_restored_server_repeats_its_first_word(
    fake: FakeServer, tablet: Tablet
) -> None:
    home = family(fake)
    tablet.comes_home()
    op = tablet.corrects(home, household="?")
    fake.judge = lambda op: {"outcome": "quarantined", "errors": {"household": ["Не годится."]}}
    tablet.comes_home()
    backup = fake.backs_up()
    fake.settles(op, "applied")
    tablet.comes_home()
    fake.restores(backup)

    report = tablet.comes_home()

    assert (report.offered, report.of("quarantined")) == (1, [])
    assert tablet.acknowledged()[op] == "applied"
    assert tablet.store.to_mend() == []


def test_a_mend_is_offered_after_the_op_that_it_mends(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    backup = fake.backs_up()
    wrong = tablet.corrects(home, household="?")
    errors = {"household": ["Не годится."]}
    fake.judge = lambda op: {"outcome": "applied"} if "mends" in op else {"outcome": "quarantined", "errors": errors}
    tablet.comes_home()
    right = mending.mend(tablet.store, tablet.store.to_mend()[0], {"household": "козы"})["op"]
    tablet.comes_home()
    fake.restores(backup)
    fake.offers.clear()
    fake.requests.clear()

    assert tablet.comes_home().offered == 2
    assert list(fake.offers) == [wrong, right]
    assert [len(request["ops"]) for request in fake.requests] == [0, 1, 1]
    assert fake.records[home]["fields"]["household"] == "козы"


def test_a_mend_that_waits_goes_in_after_the_op_that_a_restored_server_has_lost(
    fake: FakeServer, tablet: Tablet
) -> None:
    home = family(fake)
    tablet.comes_home()
    backup = fake.backs_up()
    wrong = tablet.corrects(home, household="?")
    errors = {"household": ["Не годится."]}
    fake.judge = lambda op: {"outcome": "applied"} if "mends" in op else {"outcome": "quarantined", "errors": errors}
    tablet.comes_home()
    mending.mend(tablet.store, tablet.store.to_mend()[0], {"household": "козы"})
    fake.restores(backup)

    report = tablet.comes_home()

    assert (report.trouble, report.waiting, report.offered) == (None, 0, 1)
    assert [result.outcome for result in report.results] == ["applied"]
    assert next(iter(fake.ops)) == wrong
    assert tablet.store.to_mend() == []


def test_sealed_copies_are_kept_for_ninety_days_by_the_servers_time(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    op = tablet.corrects(home, household="козы")
    tablet.comes_home()
    fake.skew_ms = (DAYS - 1) * DAY_MS
    tablet.comes_home()
    assert list(tablet.kept()) == [op]
    fake.skew_ms = (DAYS + 1) * DAY_MS
    tablet.comes_home()
    assert tablet.kept() == {}
    assert kept.to_offer(tablet.store) == 0


def test_an_op_as_large_as_a_server_takes_goes_out_sealed_too(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    backup = fake.backs_up()
    notes = ["я" * 9_000] * (MAX_OP_BYTES // 18_000 - 1)
    visits = [tablet.visits(home, *notes) for _ in range(14)]
    tablet.comes_home()
    fake.restores(backup)

    report = tablet.comes_home()

    assert (report.trouble, report.offered) == (None, 14)
    assert all(visit in fake.records for visit in visits)


def test_a_busy_server_says_so_and_nothing_is_lost(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    op = tablet.corrects(home, household="козы")
    fake.faults = ["busy"] * 3
    asked = len(fake.requests)

    report = tablet.comes_home()

    assert report.trouble
    assert "Сервер занят и не успел ответить" in report.trouble.say("ru")
    assert "The server is busy" in report.trouble.say("en")
    assert tablet.outbox() == [op]
    assert len(fake.requests) - asked == 3
    assert tablet.comes_home().waiting == 0


def test_a_restored_server_that_is_not_open_yet_takes_what_is_handed_in_and_is_read_later(
    fake: FakeServer, tablet: Tablet
) -> None:
    home = family(fake)
    tablet.comes_home()
    backup = fake.backs_up()
    tablet.corrects(home, household="козы")
    tablet.comes_home()
    late = tablet.corrects(home, address="с Образцовое, ул. Новая, д. 7")
    fake.restores(backup)
    fake.closed = True

    report = tablet.comes_home()

    assert report.trouble
    assert "ещё не открыт: администратор должен применить журнал" in report.trouble.say("ru")
    assert "has to replay its journal" in report.trouble.say("en")
    assert (report.waiting, report.to_offer, report.offered) == (0, 0, 1)
    assert late in [op["op"] for op, _ in fake.held.unprocessed if "op" in op]
    written = {"household": "козы", "address": "с Образцовое, ул. Новая, д. 7"}
    assert tablet.sees(home).items() >= written.items()
    fake.closed = False
    assert tablet.comes_home().is_all_handed_in
    assert tablet.sees(home) == fake.records[home]["fields"]
    assert tablet.sees(home).items() >= written.items()


def test_an_edit_written_between_the_restore_and_the_sync_goes_in_with_the_rest(
    fake: FakeServer, tablet: Tablet
) -> None:
    home = family(fake)
    tablet.comes_home()
    backup = fake.backs_up()
    tablet.corrects(home, household="козы")
    tablet.comes_home()
    fake.restores(backup)
    late: dict[str, Any] = {"op": tablet.corrects(home, household="козы и корова")}

    report = tablet.comes_home()

    assert [result.op for result in report.results] == [late["op"]]
    assert report.offered == 1
    assert tablet.outbox() == []
    record = view.look(tablet.store, home)
    assert record
    assert record.epoch == fake.epoch


def test_two_tablets_bring_back_what_each_had_handed_in(fake: FakeServer, tablet: Tablet, tmp_path: Any) -> None:
    fake.codes.add("BBBB-2222")
    other = Tablet(tmp_path / "other.db", fake, code="BBBB-2222")
    home = family(fake)
    for each in (tablet, other):
        each.comes_home()
    backup = fake.backs_up()
    visits = [each.visits(home, "заметка") for each in (tablet, other)]
    for each in (tablet, other):
        each.comes_home()
    fake.restores(backup)

    for each in (other, tablet, other):
        each.comes_home()

    assert all(each.sees(visit) for each in (tablet, other) for visit in visits)
    assert tablet.sees(new_id()) == {}
    other.store.close()


def test_a_revoked_tablet_still_holds_the_files_that_a_restored_server_may_have_lost(
    fake: FakeServer, tablet: Tablet, tmp_path: Path
) -> None:
    home = family(fake)
    tablet.comes_home()
    visit = tablet.visits(home)
    file = tmp_path / "house.jpg"
    for number, epoch in enumerate(["00000001", tablet.store["epoch"]]):
        file.write_bytes(b"\xff\xd8\xff" + bytes([number]) * 100)
        op = photos.attach(tablet.store, visit, file, {})
        told = {"state": photos.CONFIRMED, "epoch": epoch}
        tablet.store.db.table("photos").update(op, told)
    with tablet.store.write():
        leaving.lock(tablet.store)
        photos.renew(tablet.store)
    assert photos.standing(tablet.store)["waiting"] == 1
    assert len(list(photos.folder(tablet.store).iterdir())) == 1
