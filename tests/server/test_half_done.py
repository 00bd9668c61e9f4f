"""What an operator's command leaves behind when it is cut short, called twice or given an odd file: nothing that looks
whole and is not, nothing that others may read."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from sqlalchemy import update

from server import backup, chores, keys, settings, tasks
from server.app import create_app
from tests.server.test_commands import Vyezd, ready, vyezd

__all__ = ["ready", "vyezd"]


def test_an_export_into_a_file_that_is_there_closes_it_to_others(ready: Vyezd, tmp_path: Path) -> None:
    for shape in ("csv", "json", "xlsx"):
        out = tmp_path / f"families.{shape}"
        out.touch(mode=0o644)
        ready("export", "territory", "--format", shape, "--out", str(out))
        assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_an_export_into_a_folder_that_is_not_there_is_explained(ready: Vyezd, tmp_path: Path) -> None:
    for shape in ("csv", "xlsx"):
        answer = ready("export", "territory", "--format", shape, "--out", str(tmp_path / "no" / "file"), code=1)
        assert "писать нельзя" in answer.stderr


def test_a_backup_into_a_folder_that_is_not_there_is_explained(ready: Vyezd, tmp_path: Path) -> None:
    assert "копия не сделана" in ready("backup", str(tmp_path / "no" / "file"), code=1).stderr


def test_a_key_file_that_a_full_disk_left_empty_is_no_key(
    ready: Vyezd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings.read({"VYEZD_DATA": str(tmp_path / "data")})
    for name in ("secret", "salt", "sign", "seal"):
        before = (chosen.keys / name).read_text()
        (chosen.keys / name).write_text("")
        with pytest.raises(keys.EmptyKey, match=name):
            keys.load(chosen)
        assert f"keys/{name}" in ready("user", "list", code=1).stderr
        (chosen.keys / name).write_text(before)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            keys.keep(chosen.keys / "another", "value")
    assert [path.name for path in sorted(chosen.keys.iterdir())] == ["salt", "seal", "secret", "sign"]


def test_a_restore_into_a_server_that_was_only_looked_at_goes_through_beside_accounts_it_is_refused(
    ready: Vyezd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.backup"
    ready("user", "add", "olga@example.org", "--name", "Ольга Петрова")
    ready("backup", str(file))
    monkeypatch.setenv("VYEZD_DATA", str(tmp_path / "other"))
    (tmp_path / "other").mkdir()
    (tmp_path / "data" / "keys").rename(tmp_path / "other" / "keys")
    ready("init")
    ready("user", "list")
    ready("audit", "verify")
    ready("restore", str(file), "--without-journal")
    assert "olga" in ready("user", "list").stdout
    ready("audit", "verify")

    for path in (tmp_path / "other").glob("vyezd.db*"):
        path.unlink()
    ready("init")
    ready("user", "add", "ivan@example.org", "--name", "Иван Петров")
    assert "accounts" in ready("restore", str(file), "--without-journal", code=1).stderr


def test_a_torn_line_of_the_chain_does_not_stop_the_check(ready: Vyezd, tmp_path: Path) -> None:
    ready("audit", "verify")
    with (tmp_path / "data" / "audit.chain").open("ab") as file:
        file.write(b'{"block": 2, "ha')
    ready("audit", "verify")
    ready("doctor")


def test_a_chore_that_fails_keeps_no_other_from_its_turn(ready: Vyezd, tmp_path: Path) -> None:
    """A command that ran under another account has made the file of the chain its own."""
    (tmp_path / "data" / "audit.chain").unlink(missing_ok=True)
    (tmp_path / "data" / "audit.chain").mkdir()
    app = create_app(settings.read())
    with app.app_context():
        file = tasks.new_file(".csv")
    os.utime(file, (0, 0))
    chores.do(app)
    assert not file.exists(), "yesterday's exports are people's data"


def test_a_backup_of_a_later_release_is_refused_instead_of_losing_what_this_one_does_not_know(
    ready: Vyezd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.backup"
    ready("backup", str(file))
    with backup.opened_file(file) as connection:
        connection.execute(update(backup.ABOUT).where(backup.ABOUT.c.key == "revision").values(value="9999"))
    for name in ("made", "fresh"):
        monkeypatch.setenv("VYEZD_DATA", str(tmp_path / name))
        shutil.copytree(tmp_path / "data" / "keys", tmp_path / name / "keys")
        if name == "made":
            ready("init")
        assert "later release" in ready("restore", str(file), "--without-journal", code=1).stderr
