"""Backups on both engines: made while others write, restored into an empty database, of either engine."""

from __future__ import annotations

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import orjson
import pyrage
import pytest
from flask import Flask
from sqlalchemy import Connection, func, inspect, select, text, update

from server import backup, closing, database, devices, epoch, inbox, office, pull, register, restoring, settings
from server.blobs import store
from server.db import db, reading, writing
from server.models import Feed, Op
from tests.support import camera
from tests.support.uploading import attachment, send
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
        restored = restoring.restore(file)
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
            restoring.restore(file)
        with pytest.raises(backup.Refused, match="exists"):
            backup.make(file, world.app.config["VYEZD"])
        (tmp_path / "text").write_text("no backup")
        with pytest.raises(backup.Refused, match="not a backup"):
            restoring.restore(tmp_path / "text")
    assert count_ops(world) > 0


def test_a_backup_cut_short_leaves_nothing_that_could_be_taken_for_one(
    world: World, tablet: Tablet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, family = camera.photo(), tablet.family()
    tablet.sync(family, attachment(tablet, data, family["id"]))
    assert send(tablet, data).status_code == 204
    file = tmp_path / "one.backup"

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with world.inside():
        with monkeypatch.context() as patched:
            patched.setattr(store.Folder, "open", fails)
            with pytest.raises(OSError, match="No space"):
                backup.make(file, world.app.config["VYEZD"])
        assert [path.name for path in tmp_path.glob("one.backup*")] == []
        assert backup.make(file, world.app.config["VYEZD"]).files == 1, "the next try is not refused"


def restored(file: Path, folder: Path, journal: Path | None = None) -> Flask:
    """Another server on this backup, with its keys, and the journal replayed if one is given."""
    chosen = settings.read({"VYEZD_DATA": str(folder)})
    assert restoring.restore_keys(file, chosen) == ["salt", "seal", "secret", "sign"]
    app = make_app(chosen.database_url, folder, prepared=False)
    with app.app_context():
        restoring.restore(file)
        if journal:
            restoring.replay(journal)
    return app


def test_a_restored_register_goes_on_and_its_tablets_pull_afresh(world: World, tablet: Tablet, tmp_path: Path) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    tablet.pull()
    file = tmp_path / "one.backup"
    with world.inside():
        backup.make(file, world.app.config["VYEZD"])
        journal = world.app.config["VYEZD"].data / "trust.journal"

    tablet.http = restored(file, tmp_path / "restored", journal).test_client()
    said = tablet.sync()
    assert said["reset"] is True
    assert said["epoch"] != tablet.epoch
    assert family["id"] in {change["id"] for change in said["changes"]}
    edit = tablet.op("family", family["id"], set={"household": "Печь"})
    assert tablet.sync(edit)["results"][0]["outcome"] == "applied"


def test_what_was_acknowledged_after_the_backup_comes_back_sealed_as_the_tablet_kept_it(
    world: World, tablet: Tablet, tmp_path: Path
) -> None:
    before, after = tablet.family(address="ул. Ленина, 1"), tablet.family(address="ул. Мира, 2")
    tablet.sync(before)
    file = tmp_path / "one.backup"
    with world.inside():
        backup.make(file, world.app.config["VYEZD"])
        journal = world.app.config["VYEZD"].data / "trust.journal"
    tablet.sync(after)

    recipient = pyrage.x25519.Recipient.from_str(tablet.seal_key)
    offers = [
        {"sealed": b64encode(pyrage.encrypt(orjson.dumps(op), [recipient])).decode(), "was": {tablet.epoch: 1}}
        for op in (before, after)
    ]
    app = restored(file, tmp_path / "restored", journal)
    tablet.http = app.test_client()
    tablet.cursor = None
    results = tablet.sync(*offers)["results"]
    assert [(result["op"], result["outcome"]) for result in results] == [
        (before["op"], "applied"),
        (after["op"], "applied"),
    ]
    with app.app_context():
        assert register.fetch([after["id"]])[after["id"]].fields["address"] == "ул. Мира, 2"
        assert register.fetch([before["id"]])[before["id"]].rev == 1
    broken = offers[0] | {"sealed": "AAAA"}
    assert tablet.sync(broken)["results"][0]["outcome"] == "quarantined"


def test_who_was_revoked_after_the_backup_stays_revoked_and_nobody_reads_before_that_is_known(
    world: World, tablet: Tablet, tmp_path: Path
) -> None:
    file = tmp_path / "one.backup"
    with world.inside():
        backup.make(file, world.app.config["VYEZD"])
        journal = world.app.config["VYEZD"].data / "trust.journal"
    late = world.tablet(name="Планшет 2")
    with world.inside():
        devices.revoke(tablet.device)

    app = restored(file, tmp_path / "restored")
    tablet.http, tablet.cursor = app.test_client(), None
    refused = tablet.http.post("/api/v1/sync", json={"ops": []}, headers=tablet.headers)
    assert (refused.status_code, refused.get_json(force=True)["type"]) == (503, "urn:vyezd:problem:closed")

    with app.app_context():
        done = restoring.replay(journal)
        assert (done.devices, done.revocations) == (1, 1)
        again = restoring.replay(journal)
        assert (again.devices, again.revocations) == (0, 0)
    assert tablet.http.post("/api/v1/sync", json={"ops": []}, headers=tablet.headers).get_json()["revoked"] is True
    late.http = app.test_client()
    late.pull()
    assert late.records


def test_a_restored_server_keeps_what_is_handed_in_before_its_journal_says_whose_word_counts(
    world: World, tablet: Tablet, tmp_path: Path
) -> None:
    other, file = world.tablet(name="Планшет 2"), tmp_path / "one.backup"
    with world.inside():
        backup.make(file, world.app.config["VYEZD"])
        journal = world.app.config["VYEZD"].data / "trust.journal"
        devices.revoke(tablet.device)

    app = restored(file, tmp_path / "restored")
    tablet.http = other.http = app.test_client()
    ops = {other.device: other.family(), tablet.device: tablet.family()}
    ops[other.device] |= {"by": world.colleague}
    wrong = other.op("person", set={"snils": "112-233-445 96"}, by=world.colleague)
    body = {"ops": [ops[other.device], wrong], "cursor": other.cursor}
    for _ in range(2):
        said = other.http.post("/api/v1/sync", json=body, headers=other.headers).get_json()
        assert [result["outcome"] for result in said["results"]] == ["stored", "quarantined"]
        assert (said["closed"], said["changes"], said["scope"], "cursor" in said) == (True, [], [], False)
    tablet.http.post("/api/v1/sync", json={"ops": [ops[tablet.device]]}, headers=tablet.headers)
    assert other.http.get("/api/v1/changes", headers=other.headers).status_code == 503
    with app.app_context():
        assert database.replay() == 0
        restoring.replay(journal)
        assert [op["id"] in register.fetch([op["id"]]) for op in ops.values()] == [True, False]
    other.cursor = None
    assert other.sync(ops[other.device])["results"][0] == {
        "op": ops[other.device]["op"],
        "outcome": "applied",
        "rev": 1,
    }


def test_what_comes_while_the_restored_server_is_opened_is_processed_too(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request has found it closed; whoever opens it does not find the ops yet, for they are not stored."""
    store = inbox.store

    def open_first(*known: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(open_elsewhere).result()
        return store(*known)

    def open_elsewhere() -> None:
        with world.inside():
            restoring.open_pulls()

    with world.inside(), writing() as connection:
        closing.close(connection)
    monkeypatch.setattr(inbox, "store", open_first)
    op = tablet.family()
    said = tablet.http.post("/api/v1/sync", json={"ops": [op]}, headers=tablet.headers).get_json()
    assert said["results"] == [{"op": op["op"], "outcome": "applied", "rev": 1}]
    assert world.record(op["id"]) is not None


def test_a_scope_taken_away_after_the_backup_stays_taken_away(world: World, tablet: Tablet, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    with world.inside():
        backup.make(file, world.app.config["VYEZD"])
        journal = world.app.config["VYEZD"].data / "trust.journal"
        office.write(world.office, [office.Change("team", world.team, base=1, remove={"territories": [world.there]})])
    tablet.http = restored(file, tmp_path / "restored", journal).test_client()
    tablet.cursor = None
    assert world.there not in tablet.sync()["scope"]


def test_a_database_set_back_without_a_word_shows_by_the_cursors_it_signed(world: World, tablet: Tablet) -> None:
    tablet.sync(tablet.family())
    tablet.pull()
    with world.inside(), writing() as connection:
        connection.execute(update(Feed).where(Feed.id == world.here).values(head=0))
    said = tablet.sync()
    assert said["reset"] is True
    assert said["epoch"] != tablet.epoch


def test_two_tablets_that_show_it_at_once_begin_one_new_epoch(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are seen to be ahead before either has renewed it; an epoch that was told must never be forgotten."""
    other = world.tablet(name="Планшет 2")
    other.pull()
    is_ahead, both = pull._is_ahead, Barrier(2)

    def see_together(*known: Any) -> bool:
        found = is_ahead(*known)
        both.wait(10)
        return found

    with world.inside(), writing() as connection:
        before = epoch.lives(connection)
        connection.execute(update(Feed).where(Feed.id == world.here).values(head=0))
        connection.execute(update(Feed).where(Feed.id == "reference").values(head=0))
    monkeypatch.setattr(pull, "_is_ahead", see_together)
    with ThreadPoolExecutor(2) as pool:
        told = {said["epoch"] for said in pool.map(lambda each: each.sync(), (tablet, other))}
    with world.inside(), reading() as connection:
        assert epoch.lives(connection) == [*before, *told]


LATER_TABLES = (
    "decision", "audit", "shield", "mention", "opening", "substitution", "throttle", "blob", "blob_sender",
    "blob_naming", "upload", "question", "certificate", "task", "handover",
)  # fmt: skip
LATER_COLUMNS = {
    "device": {"erase", "token_at", "next_token_hash"},
    "user": {"teams", "one_time_until", "totp_counter"},
}


def grow_younger(file: Connection) -> None:
    """Takes out of a backup what the first release did not have."""
    for name in LATER_TABLES:
        file.execute(text(f"DROP TABLE {name}"))
    for name, later in LATER_COLUMNS.items():
        kept = [each["name"] for each in inspect(file).get_columns(name) if each["name"] not in later]
        columns = ", ".join(f'"{column}"' for column in kept)
        file.execute(text(f'CREATE TABLE earlier AS SELECT {columns} FROM "{name}"'))
        file.execute(text(f'DROP TABLE "{name}"'))
        file.execute(text(f'ALTER TABLE earlier RENAME TO "{name}"'))


def test_a_backup_of_an_earlier_release_is_restored_and_brought_up_to_date(
    world: World, tablet: Tablet, tmp_path: Path, second_url: str
) -> None:
    tablet.sync(tablet.family())
    file = tmp_path / "one.backup"
    with world.inside():
        made = backup.make(file, world.app.config["VYEZD"])
    with backup.opened_file(file) as older:
        grow_younger(older)
        older.execute(update(backup.ABOUT).where(backup.ABOUT.c.key == "revision").values(value="0001"))

    other = make_app(second_url, tmp_path / "other", prepared=False)
    with other.app_context():
        assert restoring.restore(file).rows == {name: n for name, n in made.rows.items() if name not in LATER_TABLES}
        assert database.is_migrated()
        db.engine.dispose()
