"""`vyezd-tablet` as a worker meets it at a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from client_stub.commands import main
from client_stub.store import Store
from tests.client_stub.fake_server import TEAM, FakeServer
from tests.client_stub.field import family

MIRA, LENINA = "ул. Мира, д. 3", "ул. Ленина, д. 5"


class Terminal:
    """A worker at the keyboard."""

    def __init__(self, tablet: Path, fake: FakeServer) -> None:
        self.tablet = tablet
        self.fake = fake

    def types(self, *words: str, lang: str = "ru") -> Result:
        settings = {"VYEZD_TABLET": str(self.tablet), "VYEZD_LANG": lang}
        return CliRunner(env=settings).invoke(main, words, terminal_width=200)

    def reads(self, *words: str, lang: str = "ru") -> str:
        result = self.types(*words, lang=lang)
        assert result.exit_code == 0, result.output
        return result.output

    def data(self, *words: str) -> Any:
        return json.loads(self.reads(*words, "--json"))

    def enrolls(self) -> str:
        return self.reads("enroll", "AAAA-1111", "--server", self.fake.url, "--worker", "петрова")


@pytest.fixture
def terminal(tmp_path: Path, fake: FakeServer) -> Terminal:
    return Terminal(tmp_path / "tablet.db", fake)


def member(fake: FakeServer, home: str, surname: str, given: str, patronymic: str) -> None:
    fields = {"surname": surname, "given": given, "patronymic": patronymic, "sex": "female", "birth_date": "1990"}
    person = fake.office_writes("person", fields)
    fake.office_writes("membership", {"person": person, "family": home, "role": "mother"})


def test_a_day_of_work_from_enrolment_to_the_sync(fake: FakeServer, terminal: Terminal) -> None:
    home = family(fake, LENINA)
    member(fake, home, "Иванова", "Анна", "Петровна")

    assert "Бригада № 1 (B-1)" in terminal.enrolls()
    assert "семья" in terminal.reads("pull")
    said = terminal.reads("visit", "иванов", "--kind", "перв", "--need", "жильё", "--note", "Печь дымит")
    assert "✔ Посещение записано: № 17/2026 · Иванова · ул. Ленина, д. 5" in said
    assert "1 правка" in terminal.reads("status")

    said = terminal.reads("sync")

    assert "✔ Всё сдано. Ничего не потеряно: всё записанное на сервере." in said
    visit = next(record for record in fake.records.values() if record["type"] == "visit")
    assert visit["fields"]["kind"] == "initial"
    assert visit["fields"]["needs"] == ["housing"]
    assert "✔ Всё сдано: ничего не ждёт отправки" in terminal.reads("status")


def test_a_tired_worker_sees_what_was_accepted_what_to_mend_what_is_disputed_and_what_waits(
    fake: FakeServer, terminal: Terminal
) -> None:
    home = family(fake, LENINA)
    terminal.enrolls()
    terminal.reads("pull")
    for note in ("принято", "исправить", "спорно"):
        terminal.reads("visit", "17/2026", "--note", note)
    by = TEAM["workers"][0]["id"]
    candidates = [{"op": "o", "at": "0197f3a2c4d80000", "by": by, "value": value} for value in (MIRA, LENINA)]

    def judge(op: dict[str, Any]) -> dict[str, Any]:
        if op["add"]["notes"] == ["исправить"]:
            return {"outcome": "quarantined", "errors": {"started_at": ["Дата ещё не наступила."]}}
        fake.records[home]["disputed"] = {"address": candidates}
        fake.held.journal.append(home)
        return {"outcome": "conflict" if op["add"]["notes"] == ["спорно"] else "applied"}

    fake.judge = judge
    said = terminal.reads("sync")
    lines = [" ".join(line.split()) for line in said.splitlines()]

    assert "3 отправлено" in lines
    assert "1 принято" in lines
    assert "1 расхождение: принято, решит администратор" in lines
    assert "1 требует исправления: копия на планшете" in lines
    assert "0 ждёт отправки" in lines
    assert "Начало: Дата ещё не наступила." in lines
    assert "Заметки: исправить" in lines
    assert any(f"Адрес: «{MIRA}» (Петрова Анна Ивановна" in line and f"или «{LENINA}»" in line for line in lines)
    assert "✔ Всё сдано. Ничего не потеряно: всё записанное на сервере." in lines


def test_what_the_office_decided_is_told_with_the_record_it_is_about(fake: FakeServer, terminal: Terminal) -> None:
    family(fake, LENINA)
    terminal.enrolls()
    terminal.reads("pull")
    terminal.reads("visit", "17/2026")
    fake.judge = lambda op: {"outcome": "stored"}
    assert "принято на хранение" in terminal.reads("sync")
    fake.extra = {
        "settled": [{"settled": op, "outcome": "applied"} for op in fake.ops],
        "notices": [{"id": "n", "kind": "rejected", "record": None, "text": "Позвоните мне", "due": "2026-05-10"}],
    }

    said = terminal.reads("sync")

    assert "Решено в офисе" in said
    assert "— принято" in said
    assert "Позвоните мне (до 10.05.2026)" in said


def test_without_a_connection_the_worker_is_told_that_nothing_is_lost(
    fake: FakeServer, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client_stub.transport.time.sleep", lambda seconds: None)
    family(fake)
    terminal.enrolls()
    terminal.reads("pull")
    terminal.reads("visit", "17/2026")
    fake.faults = ["deaf"] * 5

    result = terminal.types("sync")

    assert result.exit_code == 1
    assert "✗ Сервер не отвечает" in result.output
    assert "✔ Ничего не потеряно: 1 правка ждёт на планшете." in result.output
    assert "Nothing is lost" in terminal.reads("sync", lang="en")


def test_every_command_that_prints_data_prints_json(fake: FakeServer, terminal: Terminal) -> None:
    home = family(fake)
    enrolled = terminal.data("enroll", "AAAA-1111", "--server", fake.url, "--worker", "асан")
    assert (enrolled["team"]["code"], enrolled["worker"]) == ("B-1", "Асанов Тимур")
    assert terminal.data("pull")["received"] == 1
    assert terminal.data("visit", home[-8:])["family"] == home
    assert [entry["edits"] for entry in terminal.data("status")["waiting"]] == [1]
    synced = terminal.data("sync")
    assert (synced["sent"], synced["applied"], synced["outbox"], synced["trouble"]) == (1, 1, 0, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("visit", "нету"), "Семья «нету» на планшете не найдена"),
        (("visit", "ул"), "это несколько семей"),
        (("visit", "мира", "--kind", "дружеское"), "«дружеское» нет в списке «Вид»"),
        (("visit", "мира", "--next", "завтра"), "Следующее посещение до: Нужна дата"),
        (("visit", "мира", "--worker", "никто"), "В бригаде нет специалиста «никто»"),
        (("visit",), "Не указано: 'FAMILY'"),
        (("sync", "--далеко"), "Нет такого ключа: --далеко"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_written(
    fake: FakeServer, terminal: Terminal, words: tuple[str, ...], said: str
) -> None:
    family(fake, MIRA)
    family(fake, LENINA)
    terminal.enrolls()
    terminal.reads("pull")

    result = terminal.types(*words)

    assert result.exit_code in (1, 2)
    assert said in result.output
    with Store(terminal.tablet) as store:
        assert store.waiting() == 0


def test_a_patronymic_alone_finds_nobody(fake: FakeServer, terminal: Terminal) -> None:
    home = family(fake, MIRA)
    member(fake, home, "Сёмина", "Анна", "Ивановна")
    terminal.enrolls()
    terminal.reads("pull")

    assert terminal.types("visit", "иванов").exit_code == 1
    assert "Сёмина" in terminal.reads("visit", "семина иванов")


@pytest.mark.parametrize("command", ["status", "sync", "pull"])
def test_a_tablet_that_is_not_enrolled_says_how_to_begin(terminal: Terminal, command: str) -> None:
    result = terminal.types(command)
    assert result.exit_code == 1
    assert "vyezd-tablet enroll" in result.output
    assert json.loads(terminal.types(command, "--json").output)["trouble"]["code"] == "not_enrolled"


def test_a_damaged_file_is_told_in_plain_words(terminal: Terminal) -> None:
    terminal.tablet.write_bytes(b"this is no database at all" * 100)
    result = terminal.types("status")
    assert result.exit_code == 1
    assert "ничего не удаляйте и позвоните администратору" in result.output


def test_a_revoked_tablet_is_told_whom_to_call(fake: FakeServer, terminal: Terminal) -> None:
    terminal.enrolls()
    fake.revoked = True
    assert "Позвоните в офис" in terminal.reads("sync")
    gone = terminal.types("pull", lang="en")
    assert (gone.exit_code, "was erased" in gone.output) == (1, True)


def test_past_its_lease_a_tablet_shows_nothing_and_still_hands_over_what_was_written(
    fake: FakeServer, terminal: Terminal
) -> None:
    terminal.enrolls()
    fake.extra = {"lease_until": "2026-01-01T00:00:00.000Z"}
    terminal.reads("sync")
    for command in (("status",), ("visit", "17/2026"), ("mend",)):
        locked = terminal.types(*command)
        assert (locked.exit_code, "записи закрыты" in locked.output) == (1, True)
    fake.extra = {}
    terminal.reads("sync")
    assert "Связь" in terminal.reads("status")


def test_a_program_that_is_too_old_is_told_what_to_do(fake: FakeServer, terminal: Terminal) -> None:
    terminal.enrolls()
    fake.outdated = True
    assert "Программа на планшете устарела" in terminal.reads("sync")
    assert "too old" in terminal.reads("pull", lang="en")
