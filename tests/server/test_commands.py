"""What an operator types and reads: help to learn from, plain words when something is missing, JSON for
programs."""

from __future__ import annotations

import csv
import json
import stat
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from server import devices, settings
from server.app import create_app
from server.commands import databases, main, serve
from tests.support import editions

Vyezd = Callable[..., Result]
TEAM = ("team", "add", "KY-1", "--name", "Красный Яр", "--territory", "12630436", "--worker", "Петрова Анна Сергеевна")


@pytest.fixture
def vyezd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vyezd:
    """Runs `vyezd …` on a data folder of its own. Fails on an unexpected exit code (``code``: the expected
    one)."""
    monkeypatch.setenv("VYEZD_DATA", str(tmp_path / "data"))
    for name in ("VYEZD_DATABASE_URL", "VYEZD_LANG", "VYEZD_PRODUCTION"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, words)
        assert result.exit_code == code, result.output + result.stderr
        return result

    return run


@pytest.fixture
def ready(vyezd: Vyezd) -> Vyezd:
    """The same after `vyezd init` and the import of the shipped edition."""
    vyezd("init")
    vyezd("import", "oktmo", str(editions.EDITION), "--edition", editions.EDITION_DAY.isoformat())
    return vyezd


def data(result: Result) -> Any:
    return json.loads(result.stdout)


# --- help and mistakes ---


def test_help_is_russian_by_default_and_english_on_request(vyezd: Vyezd, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Начните так" in vyezd("--help").stdout
    assert "Start with vyezd init" in vyezd("--help", "--lang", "en").stdout
    monkeypatch.setenv("VYEZD_LANG", "en")
    assert "The team's name.  [required]" in vyezd("team", "add", "--help").stdout
    assert "Название бригады.  [обязательно]" in vyezd("team", "add", "--help", "--lang", "ru").stdout


@pytest.mark.parametrize(
    "words",
    [("team", "list"), ("user", "list"), ("device", "list"), ("doctor",), ("replay",), ("explain", "x"), ("demo",)],
)
def test_before_init_every_command_says_what_to_do_first(vyezd: Vyezd, words: tuple[str, ...]) -> None:
    assert "сначала vyezd init" in vyezd(*words, code=1).stderr


def test_a_mistyped_command_line_is_explained_in_russian(vyezd: Vyezd) -> None:
    assert "нет такой команды: taem" in vyezd("taem", code=2).stderr
    assert "нет такого ключа: --nmae" in vyezd("team", "add", "--nmae", "x", code=2).stderr
    assert "не указано 'CODE'" in vyezd("team", "add", code=2).stderr
    assert "Справка: " in vyezd("device", "code", code=2).stderr


def test_a_setting_that_makes_no_sense_is_named(vyezd: Vyezd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VYEZD_CODE_HOURS", "three")
    assert "three" in vyezd("init", code=1).stderr


# --- a database's life ---


def test_init_makes_keys_that_only_their_owner_reads_and_may_be_repeated(vyezd: Vyezd, tmp_path: Path) -> None:
    assert "Ключи созданы" in vyezd("init").stdout
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data" / "keys").iterdir()}
    assert modes == {0o600}
    assert "Ключи созданы" not in vyezd("init").stdout


def test_upgrade_and_replay_on_a_database_in_order_find_nothing_to_do(ready: Vyezd) -> None:
    assert "База данных в порядке" in ready("upgrade").stdout
    assert data(ready("replay", "--json")) == {"replayed": 0}


def test_doctor_finds_a_healthy_server_healthy_and_open_keys_dangerous(ready: Vyezd, tmp_path: Path) -> None:
    assert {finding["state"] for finding in data(ready("doctor", "--json"))} == {"ok"}
    (tmp_path / "data" / "keys" / "secret").chmod(0o644)
    assert "✗ Ключи читают посторонние" in ready("doctor", code=1).stdout


def test_audit_seals_what_is_new_and_finds_the_chain_whole(ready: Vyezd) -> None:
    assert data(ready("audit", "verify", "--json")) == {"ok": True, "broken": [], "sealed": 610, "sealed_entries": 1}
    assert data(ready("audit", "verify", "--json"))["sealed"] == 0


def test_the_audit_tells_which_commands_ran_and_never_what_was_typed_as_a_name(ready: Vyezd) -> None:
    ready(*TEAM)
    ready("user", "add", "olga@example.org", "--name", "Ким Ольга Ивановна")
    told = data(ready("audit", "list", "--action", "command", "--json"))
    assert [entry["details"]["command"] for entry in told][:3] == [
        "vyezd user add",
        "vyezd team add",
        "vyezd import oktmo",
    ]
    assert {entry["who"] for entry in told} == {"operator"}
    assert "Ким" not in json.dumps(told, ensure_ascii=False)
    assert "vyezd user add" in ready("audit", "list").stdout


# --- teams, people, tablets ---


def test_a_team_is_set_up_and_shown_with_its_territories_and_workers(ready: Vyezd) -> None:
    assert "vyezd device code --team KY-1" in ready(*TEAM).stdout
    (team,) = data(ready("team", "list", "--json"))
    assert (team["code"], team["name"]) == ("KY-1", "Красный Яр")
    assert [place["name"] for place in team["territories"]] == ["Красноярский сельсовет"]
    assert [worker["name"] for worker in team["workers"]] == ["Петрова Анна Сергеевна"]
    assert "Красноярский сельсовет" in ready("team", "list").stdout


def test_what_a_team_lacks_is_said_and_nothing_is_written(ready: Vyezd) -> None:
    unknown = ready("team", "add", "X", "--name", "X", "--territory", "99999999", code=1)
    assert "территории с кодом ОКТМО 99999999 нет" in unknown.stderr
    bad = ready(*TEAM, "--phone", "7123", code=1)
    assert "Такого номера телефона не бывает" in bad.stderr
    assert data(ready("team", "list", "--json")) == []
    assert data(ready("quarantine", "list", "--json")) == []
    ready(*TEAM)
    assert "бригада с кодом KY-1 уже есть" in ready(*TEAM, code=1).stderr


def test_a_team_is_found_by_the_old_and_the_new_code_of_its_territory(ready: Vyezd, tmp_path: Path) -> None:
    ready(*TEAM)
    newer = editions.write(tmp_path / "newer.csv", editions.with_okrug(editions.rows(), "12630000", "12530000"))
    ready("import", "oktmo", str(newer))
    ready("team", "add", "IK-1", "--name", "Икряное", "--territory", "12620420")
    ready("team", "add", "KY-2", "--name", "Весь округ", "--territory", "12530000")
    for code in ("12630000", "12530000"):
        assert [team["code"] for team in data(ready("team", "list", "--territory", code, "--json"))] == ["KY-1", "KY-2"]


def test_a_person_of_the_office_gets_a_random_password_shown_once(ready: Vyezd) -> None:
    added = ("user", "add", "Olga@Example.org", "--name", "Ольга Ким", "--role", "admin", "--territory", "12630000")
    shown = data(ready(*added, "--json"))
    assert shown["login"] == "olga@example.org"
    assert len(shown["password"]) > 15
    (user,) = data(ready("user", "list", "--json"))
    assert (user["roles"], user["territories"]) == (["admin"], ["Красноярский муниципальный район"])
    assert shown["password"] not in ready("user", "list").stdout
    assert "уже есть" in ready(*added, code=1).stderr


def test_a_tablet_is_enrolled_with_a_code_listed_and_revoked(ready: Vyezd) -> None:
    ready(*TEAM)
    assert "бригады с кодом KY-9 нет" in ready("device", "code", "--team", "KY-9", code=1).stderr
    assert "█" in ready("device", "code", "--team", "KY-1").stdout
    code = data(ready("device", "code", "--team", "KY-1", "--json"))["code"]
    with create_app(settings.read()).app_context():
        enrolled = devices.enroll(code, "Планшет Анны", "test", "key")
    (tablet,) = data(ready("device", "list", "--json"))
    assert (tablet["id"], tablet["team"], tablet["revoked_at"]) == (enrolled.device, "KY-1", None)
    assert "планшета zzz нет" in ready("device", "revoke", "zzz", code=1).stderr
    assert "Планшет Анны" in ready("device", "revoke", enrolled.device[-6:]).stdout
    assert "отозван" in ready("device", "list").stdout
    assert enrolled.token not in ready("device", "list", "--json").stdout


# --- data in and out ---


def test_an_import_reports_refused_rows_with_line_and_reason(ready: Vyezd, tmp_path: Path) -> None:
    lines = editions.EDITION.read_text(encoding="utf-8").splitlines()
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([*lines[:3], lines[3].replace("12605101,7", "12605101,1"), *lines[4:]]), encoding="utf-8")
    said = ready("import", "oktmo", str(bad)).stdout
    assert "отказано: строка 4, 12605101 город Ахтубинск: контрольная цифра не сходится" in said
    assert "Всё уже было загружено." in said
    assert "это не издание ОКТМО" in ready("import", "oktmo", __file__, code=1).stderr


def test_records_are_exported_as_csv_xlsx_and_json(ready: Vyezd, tmp_path: Path) -> None:
    ready(*TEAM)
    (worker,) = csv.DictReader(StringIO(ready("export", "worker").stdout))
    assert worker["name"] == "Петрова Анна Сергеевна"
    assert len(data(ready("export", "territory", "--format", "json"))) == 610
    out = tmp_path / "territories.xlsx"
    assert "нужен файл" in ready("export", "territory", "--format", "xlsx", code=1).stderr
    ready("export", "territory", "--format", "xlsx", "--out", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    header, *rows = openpyxl.load_workbook(out).active.values
    assert "12000000" in {row[header.index("oktmo")] for row in rows}
    assert "вида записей secrets нет" in ready("export", "secrets", code=1).stderr


def test_a_spreadsheet_never_runs_what_somebody_typed(ready: Vyezd) -> None:
    ready(*TEAM[:-1], "=1+1", "--phone", "+79000000001")
    (worker,) = csv.DictReader(StringIO(ready("export", "worker").stdout))
    (team,) = csv.DictReader(StringIO(ready("export", "team").stdout))
    assert worker["name"] == "'=1+1"
    assert team["phone"] == "+79000000001"


def test_a_demonstration_is_loaded_once_and_its_accounts_are_told_again(vyezd: Vyezd) -> None:
    vyezd("init")
    first = data(vyezd("demo", "--today", "2026-11-21", "--json"))
    assert (first["fresh"], first["teams"]) == (True, ["IK-1", "KY-1", "LI-1"])
    said = vyezd("demo").stdout
    assert "Демонстрация уже загружена" in said
    assert all(account["password"] in said for account in first["accounts"])


def test_a_production_server_says_that_it_takes_no_demonstration(vyezd: Vyezd, monkeypatch: pytest.MonkeyPatch) -> None:
    vyezd("init")
    monkeypatch.setenv("VYEZD_PRODUCTION", "1")
    assert "рабочая база" in vyezd("demo", code=1).stderr


# --- serving ---


def test_serve_brings_the_database_up_to_date_and_becomes_gunicorn(
    vyezd: Vyezd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[Any] = []
    monkeypatch.setattr(serve.os, "execv", lambda program, words: became.append((Path(program), words)))
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    vyezd("init")
    vyezd("serve", "--port", "0", "--workers", "3")
    ((program, words),) = became
    assert program == Path(sys.executable).with_name("gunicorn")
    assert {"--worker-class=gthread", "--no-control-socket", "--workers=3", "--threads=8"} <= set(words)
    assert (tmp_path / "data" / "metrics").is_dir()


def test_serve_says_when_its_port_is_taken(vyezd: Vyezd) -> None:
    vyezd("init")
    with serve.socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"127.0.0.1:{port} занят" in vyezd("serve", "--port", str(port), code=1).stderr


def test_a_database_older_than_the_program_is_not_touched_before_an_upgrade(
    ready: Vyezd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases.database, "is_migrated", lambda: False)
    assert "выполните vyezd upgrade" in ready("team", "list", code=1).stderr
