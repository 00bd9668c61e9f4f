"""The tablet's file: what it promises whatever happens to the tablet."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from client_stub import edits, view
from client_stub.edits import Unfit
from client_stub.handover import take
from client_stub.problems import Trouble
from client_stub.store import Store
from schemas.ids import new_id
from schemas.wire import MAX_BODY, read_op
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import Tablet, family


def test_every_commit_survives_a_power_cut_and_nobody_else_reads_the_file(tablet: Tablet) -> None:
    pragma = tablet.store.db.execute
    assert pragma("PRAGMA journal_mode").fetchone() == ("wal",)
    assert pragma("PRAGMA synchronous").fetchone() == (2,), "FULL"
    assert stat.S_IMODE(tablet.path.stat().st_mode) == 0o600


def test_an_op_is_whole_numbered_and_says_what_its_author_saw(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    opened = view.look(tablet.store, home)

    first = edits.write(tablet.store, "family", home, {"set": {"household": "козы"}}, opened)
    second = edits.write(tablet.store, "family", new_id(), {"set": {"address": "ул. Мира"}}, feed="reference")

    for op in (first, second):
        head, errors = read_op(op)
        assert head
        assert errors == {}
    assert (first["base"], second["base"]) == (1, 0)
    assert second["seq"] == first["seq"] + 1
    assert second["at"] > first["at"]
    assert first["epoch"] == fake.epoch
    assert first["by"] == tablet.store["team"]["workers"][0]["id"]
    assert second["feed"] == "reference"


def test_base_never_falls_for_a_record_though_an_old_form_is_saved_late(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    opened_early = view.look(tablet.store, home)
    fake.office_writes("family", {"household": "проверено"}, home)
    tablet.comes_home()
    tablet.corrects(home, household="козы")
    tablet.comes_home()

    late = edits.write(tablet.store, "family", home, {"set": {"address": "ул. Мира"}}, opened_early)

    assert opened_early
    assert opened_early.rev == 1
    assert late["base"] == 2


def test_a_form_opened_before_a_restore_still_names_its_epoch(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    opened, epoch = view.look(tablet.store, home), fake.epoch
    fake.restores()
    tablet.comes_home()

    op = edits.write(tablet.store, "family", home, {"set": {"household": "козы"}}, opened)

    assert (op["epoch"], op["base"]) == (epoch, 1)
    assert tablet.store["epoch"] != epoch


def test_what_cannot_be_meant_is_told_at_once_and_leaves_no_trace(fake: FakeServer, tablet: Tablet) -> None:
    with pytest.raises(Unfit) as unfit:
        edits.write(tablet.store, "visit", new_id(), {"set": {"kind": "friendly", "next_visit_due": "завтра"}})

    assert "Вид: Такого значения нет в списке." in unfit.value.say("ru")
    assert "Next visit due: Must be a date: YYYY-MM-DD." in unfit.value.say("en")
    assert tablet.outbox() == []
    assert tablet.store["seq"] is None


def test_an_op_larger_than_a_server_takes_is_refused_before_it_is_written(tablet: Tablet) -> None:
    notes = {"add": {"notes": ["я" * 9_000] * 20}}
    with pytest.raises(Trouble, match="op_too_large"):
        edits.write(tablet.store, "visit", new_id(), notes)
    assert tablet.outbox() == []


def test_a_batch_keeps_within_the_limits_of_number_and_bytes(tablet: Tablet) -> None:
    for _ in range(6):
        edits.write(tablet.store, "visit", new_id(), {"add": {"notes": ["д" * 500]}})
    device = tablet.store["device"]
    bodies = [len(waiting.body) + 1 for waiting in take(tablet.store, device, 1000, MAX_BODY)]

    assert len(bodies) == 6
    assert len(take(tablet.store, device, 4, MAX_BODY)) == 4
    assert len(take(tablet.store, device, 1000, sum(bodies[:3]))) == 3
    assert len(take(tablet.store, device, 1000, 1)) == 1, "one op always goes"


def test_enrolling_again_keeps_what_waits_and_goes_on_counting(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    op = tablet.corrects(home, household="козы")
    device = tablet.store["device"]
    fake.codes.add("BBBB-2222")

    tablet.enrolls("BBBB-2222")

    assert tablet.store["device"] != device
    assert tablet.outbox() == [op]
    assert tablet.store["seq"] == 1
    tablet.visits(home)
    assert tablet.comes_home().waiting == 0
    assert tablet.sees(home)["household"] == "козы"


def test_a_lost_answer_to_an_enrolment_is_asked_for_again_with_the_same_key(fake: FakeServer, tmp_path: Path) -> None:
    fake.faults = ["lost", "cut"]

    tablet = Tablet(tmp_path / "new.db", fake)

    assert tablet.store["token"] == fake.token
    assert len(fake.enrolled) == 1


def test_a_code_that_another_tablet_used_is_refused_in_plain_words(
    fake: FakeServer, tablet: Tablet, tmp_path: Path
) -> None:
    with pytest.raises(Trouble) as refused:
        Tablet(tmp_path / "other.db", fake)
    assert refused.value.say("ru") == "Сервер отказал. Код подключения не подошёл. Попросите новый."


def test_a_store_opens_again_with_all_it_had(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    tablet.visits(home, "заметка")
    with Store(tablet.path) as again:
        assert again.waiting() == 1
        assert again.record(home)


def test_a_file_of_an_earlier_version_opens_and_what_waits_in_it_goes_out(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    op = tablet.corrects(home, household="козы")
    for column in ("device", "mends", "sealed"):
        tablet.store.db.execute(f"ALTER TABLE outbox DROP COLUMN {column}")
    for table in ("kept", "receipts", "former"):
        tablet.store.db.table(table).drop()

    tablet.loses_power()

    assert [result.op for result in tablet.comes_home().results] == [op]
    assert tablet.outbox() == []
