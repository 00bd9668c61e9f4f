"""`vyezd-tablet` when something went wrong: mending, receipts, restored servers, copied tablets."""

from __future__ import annotations

from pathlib import Path

import pytest

from client_stub.store import Store
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import family
from tests.client_stub.test_commands import Terminal

ERRORS = {"needs.0": ["Такого значения нет в списке."], "purpose": ["Слишком длинно."]}


@pytest.fixture
def terminal(tmp_path: Path, fake: FakeServer) -> Terminal:
    """A worker at the keyboard of a tablet that has pulled one family."""
    family(fake)
    terminal = Terminal(tmp_path / "tablet.db", fake)
    terminal.enrolls()
    terminal.reads("pull")
    return terminal


def test_a_worker_reads_what_is_wrong_and_mends_it(fake: FakeServer, terminal: Terminal) -> None:
    terminal.reads("visit", "17/2026", "--need", "жильё", "--purpose", "проверить печь")
    fake.judge = lambda op: {"outcome": "applied"} if "mends" in op else {"outcome": "quarantined", "errors": ERRORS}
    terminal.reads("sync")

    said = terminal.reads("mend")
    assert "Потребности: Такого значения нет в списке." in said
    assert "Цель: Слишком длинно." in said
    assert "Исправить: vyezd-tablet mend КОНЕЦ_НОМЕРА" in said
    edit = next(line.partition("…")[2] for line in said.splitlines() if "17/2026" in line)
    assert terminal.reads("mend", edit) == said
    assert "✗ Не записано" in terminal.types("mend", edit, "--set", "Начало", "завтра").output

    said = terminal.reads("mend", edit, "--set", "цель", "печь", "--set", "needs", "продукты", "--set", "needs", "work")
    assert "✔ Исправлено: Посещение" in said
    assert "✔ Исправлять нечего." in terminal.reads("mend")
    said = terminal.reads("sync")
    assert "Решено в офисе" in said
    visit = next(record["fields"] for record in fake.records.values() if record["type"] == "visit")
    assert (visit["purpose"], visit["needs"]) == ("печь", ["food", "work"])


def test_mending_for_programs(fake: FakeServer, terminal: Terminal) -> None:
    terminal.reads("visit", "17/2026", "--purpose", "проверить печь")
    fake.judge = lambda op: {"outcome": "quarantined", "errors": ERRORS}
    terminal.reads("sync")

    (copy,) = terminal.data("mend")
    assert copy["errors"] == {"Потребности": ERRORS["needs.0"], "Цель": ERRORS["purpose"]}
    mended = terminal.data("mend", copy["op"], "--drop", "purpose")
    assert (mended["mends"], mended["waiting"]) == (copy["op"], 1)
    assert terminal.data("mend") == []


def test_receipts_are_shown_and_handed_to_whoever_checks_them(fake: FakeServer, terminal: Terminal) -> None:
    assert "Квитанций ещё нет." in terminal.reads("status", "--receipts")
    terminal.reads("visit", "17/2026")
    terminal.reads("sync")

    assert "Квитанций сервера: 1" in terminal.reads("status")
    assert "1 правка: принято — 1" in terminal.reads("status", "--receipts")
    (receipt,) = terminal.data("status", "--receipts")
    assert receipt.keys() == {"batch", "device", "at", "ops", "receipt"}
    assert [op["op"] for op in receipt["ops"]] == list(fake.ops)


def test_a_restored_server_is_explained(fake: FakeServer, terminal: Terminal) -> None:
    backup = fake.backs_up()
    terminal.reads("visit", "17/2026")
    terminal.reads("sync")
    fake.restores(backup)
    terminal.reads("pull")

    assert "осталось сдать заново — 1 правка" in terminal.reads("status")
    fake.closed = True
    closed = terminal.types("sync")
    assert closed.exit_code == 1
    assert "Сервер восстановлен из копии и ещё не открыт" in closed.output
    lines = [" ".join(line.split()) for line in closed.output.splitlines()]
    assert "1 сдано заново: сервер восстановлен из копии" in lines
    fake.closed = False
    lines = [" ".join(line.split()) for line in terminal.reads("sync").splitlines()]
    assert any(line.startswith("✔ Всё сдано.") for line in lines)
    assert "✔ Всё сдано" in terminal.reads("status")


def test_records_that_were_sent_again_are_explained(fake: FakeServer, terminal: Terminal) -> None:
    lost = family(fake, "ул. Мира, д. 3")
    terminal.reads("pull")
    with Store(terminal.tablet) as store:
        store.db.table("server").delete(lost)

    said = terminal.reads("sync")
    assert "Сервер нашёл отличия и прислал часть записей заново" in said
    assert "Всё сдано" not in said
    assert "✔ Всё сдано." in terminal.reads("sync")


def test_a_copied_tablet_says_what_to_ask_for_and_what_waits(fake: FakeServer, terminal: Terminal) -> None:
    fake.held.forked |= set(fake.held.devices.values())
    assert "Этот планшет скопирован или восстановлен из копии" in terminal.reads("sync")
    terminal.reads("visit", "17/2026")

    said = terminal.reads("sync")
    assert "✔ Ничего не потеряно: 1 правка ждёт на планшете нового кода." in said
    assert "Возьмите в офисе новый код" in terminal.reads("status")
    fake.codes.add("BBBB-2222")
    assert "1 правка ждёт отправки" in terminal.reads("enroll", "BBBB-2222", "--server", fake.url)
    assert "✔ Всё сдано." in terminal.reads("sync")


def test_a_receipt_that_does_not_verify_is_explained(fake: FakeServer, terminal: Terminal) -> None:
    terminal.reads("visit", "17/2026")
    fake.extra = {"receipt": "a.b.c"}
    refused = terminal.types("sync")
    assert refused.exit_code == 1
    assert "✗ Квитанция сервера не подтвердилась" in refused.output
    assert "1 правка ждёт на планшете" in refused.output
