"""A bad link, a power cut: what they can do to a sync, and what they cannot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from client_stub import view
from client_stub.store import Store
from client_stub.transport import Patience
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import Tablet, family


@pytest.mark.parametrize("fault", ["deaf", "lost", "cut", "busy"])
def test_a_bad_answer_means_that_the_same_ops_are_sent_again(fake: FakeServer, tablet: Tablet, fault: str) -> None:
    home = family(fake)
    tablet.comes_home()
    tablet.visits(home, "дров нет")
    tablet.corrects(home, address="ул. Мира, д. 3")
    ops = tablet.outbox()
    fake.requests.clear()
    fake.faults = [fault, fault]

    report = tablet.comes_home()

    assert report.trouble is None
    assert [[op["op"] for op in request["ops"]] for request in fake.requests[-2:]] == [ops, ops]
    assert [op for op in fake.ops if op in ops] == ops
    assert tablet.outbox() == []


def test_when_patience_ends_the_report_says_so_and_everything_waits(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    tablet.visits(home)
    fake.faults = ["lost"] * 3

    report = tablet.comes_home()

    assert report.trouble
    assert "сохранено на планшете" in report.trouble.say("ru")
    assert "kept on the tablet" in report.trouble.say("en")
    assert report.waiting == 1
    assert tablet.comes_home().waiting == 0
    assert max(fake.sent.values()) == 4, "sent again, and known by its id"


def test_a_power_cut_between_the_answer_and_the_commit_leaves_the_outbox_as_it_was(
    fake: FakeServer, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = family(fake)
    tablet.comes_home()
    tablet.visits(home, "нет справки")
    before = (tablet.outbox(), tablet.store["cursor"], tablet.sees(home))
    with power_cut_at_commit(monkeypatch), pytest.raises(KeyboardInterrupt):
        tablet.comes_home()

    tablet.loses_power()

    assert (tablet.outbox(), tablet.store["cursor"], tablet.sees(home)) == before
    assert tablet.comes_home().waiting == 0
    assert len(fake.ops) == 1


@contextmanager
def power_cut_at_commit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process dies when the answer has been written to the file and not committed."""
    with monkeypatch.context() as patch:
        patch.setattr(Store, "keep_to_scope", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        yield


def test_a_killed_process_leaves_no_half_of_an_answer(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    tablet.visits(home)
    before = tablet.outbox()
    tablet.store.db.conn.execute("BEGIN IMMEDIATE")
    tablet.store.acknowledge(before[0], "applied", 1)
    tablet.store.set(cursor="somewhere else")

    tablet.loses_power()

    assert tablet.outbox() == before
    assert tablet.store["cursor"] != "somewhere else"


def test_the_rest_of_a_large_scope_comes_page_by_page_and_resumes_after_a_cut(fake: FakeServer, tablet: Tablet) -> None:
    fake.page = 2
    families = [family(fake, f"ул. Мира, д. {house}") for house in range(20)]
    fake.faults = ["", "cut", "lost", "", "cut"]

    report = tablet.comes_home()

    assert report.trouble is None
    assert {record.id for record in view.every(tablet.store, "family")} == set(families)
    assert report.received == 20, "nothing was read twice"


def test_a_pull_that_ends_early_goes_on_at_the_last_cursor_next_time(fake: FakeServer, tablet: Tablet) -> None:
    fake.page = 2
    for house in range(10):
        family(fake, f"ул. Мира, д. {house}")
    fake.faults = ["", "cut", "lost", "lost", "lost"]
    first = tablet.comes_home()
    assert first.trouble
    fake.page = 500

    second = tablet.comes_home()

    assert 0 < first.received < 10
    assert first.received + second.received == 10


def test_what_was_acknowledged_stays_on_screen_until_the_pull_has_brought_it(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    fake.page = 1
    for house in range(5):
        family(fake, f"ул. Мира, д. {house}")
    visit = tablet.visits(home, "много записей впереди")
    fake.faults = ["", "lost", "lost", "lost"]

    report = tablet.comes_home()

    assert report.trouble
    assert report.waiting == 0
    assert tablet.store.record(visit) is None, "its page has not come"
    assert tablet.sees(visit)["kind"] == "initial"
    tablet.comes_home()
    assert tablet.store.record(visit)
    assert tablet.sees(visit)["notes"] == ["много записей впереди"], "shown once"


@pytest.mark.parametrize(
    ("fault", "code"),
    [("portal", "not_ours"), ("stranger", "not_ours"), ("unknown token", "refused"), ("no server", "no_answer")],
)
def test_every_trouble_is_one_plain_sentence(fake: FakeServer, tablet: Tablet, fault: str, code: str) -> None:
    if fault in {"portal", "stranger"}:
        fake.faults = [fault]
    elif fault == "unknown token":
        fake.held.devices.clear()
    else:
        tablet.fake.url = "http://127.0.0.1:9"

    report = tablet.comes_home()

    assert report.trouble
    assert report.trouble.code == code
    assert report.trouble.say("ru")
    assert report.trouble.say("en")


def test_a_store_that_another_program_holds_waits_for_it(tablet: Tablet) -> None:
    with Store(tablet.path) as other, other.write():
        tablet.store.db.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(sqlite3.OperationalError), tablet.store.write():
            pass


def test_logs_hold_no_word_of_what_was_written(
    fake: FakeServer, tablet: Tablet, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    home = family(fake, "ул. Тихая, д. 1")
    tablet.comes_home()
    tablet.visits(home, "не для чужих глаз")
    fake.faults = ["lost", "busy"]
    tablet.comes_home()

    assert "no good answer" in caplog.text
    for word in ("Тихая", "17/2026", "чужих", fake.token):
        assert word not in caplog.text


def test_on_a_link_that_breaks_batches_and_pages_become_smaller_and_grow_again(
    fake: FakeServer, tablet: Tablet
) -> None:
    home = family(fake)
    tablet.comes_home()
    for number in range(24):
        tablet.corrects(home, household=f"{number}" + "д" * 5_000)
    fake.requests.clear()
    tablet.patience = Patience(tries=4, pause=0.0)
    fake.faults = ["lost", "lost", "lost"]

    report = tablet.comes_home()

    assert report.trouble is None
    sizes = [len(request["ops"]) for request in fake.requests]
    assert sizes[0] == 24, "all at once, as long as nothing breaks"
    assert sizes[0] == sizes[1] > sizes[2] > sizes[3], "any link breaks once; from the second time on half as much"
    assert sizes[4] > sizes[3], "more again once answers come"
    assert fake.requests[1]["limit"] > fake.requests[3]["limit"]
    assert sum(sizes[3:]) == 24, "what came through is not sent again"
