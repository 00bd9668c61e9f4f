"""Backups on both engines: made while others write, restored into an empty database, of either engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server import backup, database, devices, settings
from server.db import reading
from server.models import Op
from tests.support.world import Tablet, World, make_app


def count_ops(world: World) -> int:
    with world.inside(), reading() as connection:
        return connection.scalar(select(func.count()).select_from(Op)) or 0


def test_a_backup_made_under_load_is_one_moment_and_comes_back_whole(
    world: World, tablet: Tablet, tmp_path: Path, sqlite_url: str
) -> None:
    tablet.sync(*(tablet.family() for _ in range(20)))
    file = tmp_path / "one.backup"

    def write() -> None:
        for _ in range(10):
            tablet.sync(tablet.family())

    with ThreadPoolExecutor(1) as pool, world.inside():
        writer = pool.submit(write)
        made = backup.make(file, world.app.config["VYEZD"])
        writer.result()

    other = make_app(sqlite_url.replace("vyezd.db", "other.db"), tmp_path / "other", prepared=False)
    with other.app_context():
        restored = backup.restore(file)
        assert restored.rows == made.rows
        assert restored.epoch != made.epoch
        with reading() as connection:
            assert connection.scalar(select(func.count()).select_from(Op)) == made.rows["op"]
        assert database.is_migrated()
        assert [row["id"] for row in devices.tablets()] == [tablet.device]
    assert file.stat().st_mode & 0o077 == 0


def test_a_restore_into_a_register_in_use_is_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    with world.inside():
        backup.make(file, world.app.config["VYEZD"])
        with pytest.raises(backup.Refused, match="holds ops"):
            backup.restore(file)
        with pytest.raises(backup.Refused, match="exists"):
            backup.make(file, world.app.config["VYEZD"])
        (tmp_path / "text").write_text("no backup")
        with pytest.raises(backup.Refused, match="not a backup"):
            backup.restore(tmp_path / "text")
    assert count_ops(world) > 0


def test_a_restored_register_goes_on_and_its_tablets_pull_afresh(world: World, tablet: Tablet, tmp_path: Path) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    tablet.pull()
    file = tmp_path / "one.backup"
    with world.inside():
        backup.make(file, world.app.config["VYEZD"])
        with reading() as connection:
            assert database.is_empty(connection) is False
    folder = tmp_path / "restored"
    chosen = settings.read({"VYEZD_DATA": str(folder)})
    assert backup.restore_keys(file, chosen) == ["salt", "seal", "secret", "sign"]
    restored = make_app(chosen.database_url, folder, prepared=False)
    with restored.app_context():
        backup.restore(file)

    tablet.http = restored.test_client()
    said = tablet.sync()
    assert said["reset"] is True
    assert said["epoch"] != tablet.epoch
    assert family["id"] in {change["id"] for change in said["changes"]}
    assert (
        tablet.sync(tablet.op("family", family["id"], set={"household": "Печь"}))["results"][0]["outcome"] == "applied"
    )
