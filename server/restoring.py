"""The way back from a backup: an empty database filled, a new epoch begun, the trust journal replayed over it.

Tablets notice the new epoch, offer again what was acknowledged after the backup was made, and pull afresh. Until a
journal was replayed, or an operator said that there is none, nothing is served to readers and what is handed in waits
(closing.py).
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import flask_migrate
import orjson
import structlog
from sqlalchemy import Connection, delete, func, insert, select, update

from schemas.digest import sha256_hex
from server import (
    backup,
    closing,
    database,
    decisions,
    devices,
    epoch,
    intake,
    journal,
    keys,
    mends,
    projections,
    settle,
)
from server.blobs import store
from server.db import Base, writing
from server.inbox import Decided
from server.models import Device, Op, User
from server.settings import Settings

log = structlog.get_logger()


class Damaged(ValueError):
    """A line of the journal cannot be read; the message names it."""


@dataclass(slots=True)
class Replayed:
    """How many devices were put back, revocations repeated, ops of the office sent again, and decisions of the office
    carried out again; others wait for their ops."""

    devices: int = 0
    revocations: int = 0
    ops: int = 0
    decisions: int = 0


def restore(source: Path, progress: Callable[[int], Any] = lambda _: None) -> backup.Made:
    """Fills this empty database from a backup, with its files, and begins a new epoch. Raises Refused (not empty, not a
    backup, a file in it is damaged)."""
    with opened(source) as file:
        about = {row.key: row.value for row in file.execute(select(backup.ABOUT))}
        _prepare(about["revision"])
        with writing() as target:
            _refuse_unless_empty(target)
            _clear(target)
            files = _restore_files(file, progress)
            rows = {table.name: backup.copy(file, target, table, progress) for table in backup.tables(file)}
            _set_counters(target, rows)
            projections.drop(target)
            renewed = epoch.renew(target)
            closing.close(target)
    database.prepare()
    return backup.Made(renewed, about["revision"], rows, files)


def _restore_files(file: Connection, progress: Callable[[int], Any]) -> int:
    """Photographs and scans, each checked against its key. Returns how many there were."""
    if not file.dialect.has_table(file, backup.BLOB_FILES.name):
        return 0
    keys = file.scalars(select(backup.BLOB_FILES.c.key)).all()
    for key in keys:
        content = file.scalar(select(backup.BLOB_FILES.c.content).where(backup.BLOB_FILES.c.key == key)) or b""
        if sha256_hex(content) != key:
            raise backup.Refused(f"the file {key} in the backup is damaged")
        store.kept().put(key, io.BytesIO(content))
        progress(1)
    return len(keys)


def restore_keys(source: Path, chosen: Settings) -> list[str]:
    """Puts the backup's keys where none are. Raises Refused when other keys are there. Returns the names written."""
    with opened(source) as file:
        wanted = {row.name: row.content for row in file.execute(select(backup.KEY_FILES))}
    present = {path.name: path.read_bytes() for path in chosen.keys.glob("*")}
    if any(present[name] != content for name, content in wanted.items() if name in present):
        raise backup.Refused(f"{chosen.keys} holds other keys: move them away first")
    return [name for name, content in wanted.items() if keys.keep(chosen.keys / name, content.decode().strip())]


def _prepare(revision: str) -> None:
    """Tables as they were when the backup was made; `database.prepare` migrates them on, with their rows. Raises
    Refused for what a later release made: its new columns would be lost without a word."""
    if not database.knows(revision):
        raise backup.Refused("the backup was made by a later release: install that one")
    if not database.is_migrated():
        flask_migrate.upgrade(directory=str(database.MIGRATIONS), revision=revision)


def _refuse_unless_empty(target: Connection) -> None:
    if not database.is_empty(target):
        raise backup.Refused("this database holds ops already: restore into an empty one")
    if target.scalar(select(User.id).limit(1)):
        raise backup.Refused("this database holds accounts already: restore into an empty one")


def _clear(target: Connection) -> None:
    """What a server that nobody has worked with yet has noted of itself: the backup's own takes its place."""
    for table in reversed(backup.tables(target)):
        target.execute(delete(table))


def replay(source: Path) -> Replayed:
    """Repeats a journal over a restored database and serves readers again; safe to repeat. Raises Damaged, OSError."""
    done = Replayed()
    lines = list(_lines(source))
    revs = _revs(lines)
    for line in lines:
        match line["kind"]:
            case "enrolled":
                done.devices += _put_back(line["device"])
            case "revoked":
                done.revocations += _revoke(line["device"], line["at"], line.get("erase", False))
            case "token":
                _change_token(line["device"], line["hash"], line["at"])
            case "ops":
                done.ops += _offer(line, revs)
            case "settled":
                done.decisions += _decide(line)
            case kind:
                raise Damaged(f"{source}: lines of an unknown kind: {kind}")
    journal.adopt(source)
    open_pulls()
    return done


def _revs(lines: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Op id → all the revs that the lines tell of it. A line whose transaction was tried again is followed by
    another."""
    revs: dict[str, dict[str, int]] = {}
    for line in lines:
        for op in line.get("ops", ()):
            revs[op["op"]] = revs.get(op["op"], {}) | op["was"]
    return revs


def _offer(line: dict[str, Any], revs: dict[str, dict[str, int]]) -> int:
    """The ops of a line, each when it is first named, by the author whose they were: a tablet's had been within its
    reach. Their device numbers on after them."""
    fresh = [op for op in line["ops"] if op["op"] in revs]
    if not fresh:
        return 0
    device = line["device"]
    _put_back(device)
    _number_on(device["id"], max(op["seq"] for op in fresh))
    raws = [orjson.dumps({"sealed": op["sealed"], "was": revs.pop(op["op"])}) for op in fresh]
    author = replace(devices.author_of(device["id"]), scope=None, revoked=False)
    return len(intake.push(author, raws))


def _number_on(device: str, seq: int) -> None:
    with writing() as connection:
        connection.execute(update(Device).where(Device.id == device, Device.seq < seq).values(seq=seq))


def _decide(line: dict[str, Any]) -> int:
    """What the office had decided of an op, done again, or left until the op is offered. Returns whether it is new."""
    decided = Decided(**line["decided"])
    digest = bytes.fromhex(line["digest"])
    with writing() as connection:
        row = connection.execute(select(Op.n, Op.state).where(Op.op == line["op"], Op.digest == digest)).first()
        if row is None or row.state == "received":
            decisions.wait(connection, line["op"], digest, decided)
    if row is None or row.state not in mends.OPEN:
        return 0
    settle.settle_again(row.n, decided)
    return 1


def _lines(source: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(journal.lines(source), 1):
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise Damaged(f"{source}, line {number}: {error}") from error


def _put_back(device: dict[str, Any]) -> int:
    """A device that the backup does not know; one that it knows stays as it is."""
    with writing() as connection:
        if connection.scalar(select(Device.id).where(Device.id == device["id"])):
            return 0
        connection.execute(insert(Device), device)
        return 1


def _revoke(device: str, at: int, erase: bool) -> int:
    mine = update(Device).where(Device.id == device)
    with writing() as connection:
        if erase:
            connection.execute(mine.values(erase=True))
        gone = mine.where(Device.revoked_at.is_(None)).values(revoked_at=at, lease_until=at)
        return connection.execute(gone).rowcount


def _change_token(device: str, token_hash: str, at: int) -> None:
    """The tablet uses this token now: the one in the backup was given up after it was made."""
    taken = {"token_hash": token_hash, "next_token_hash": None, "token_at": at}
    with writing() as connection:
        connection.execute(update(Device).where(Device.id == device).values(**taken))


def open_pulls() -> None:
    """Serves readers again, and processes what was handed in meanwhile: the journal was replayed, or an operator
    answers for there being none."""
    with writing() as connection:
        closing.open_again(connection)
    database.replay()


def notice_unannounced(connection: Connection, known: str) -> str:
    """A cursor that we signed in the present epoch (``known``) names what this database does not know: it was set back
    behind our back. Renews the epoch, once."""
    renewed = epoch.renew(connection, known)
    log.error("database.set_back", epoch=renewed)
    return renewed


def _set_counters(target: Connection, names: Collection[str]) -> None:
    """PostgreSQL numbers new rows from a sequence, which a copy of these tables does not move."""
    if target.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and table.name in names:
            last = target.scalar(select(func.max(column)))
            name = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
            target.execute(select(func.setval(name, last or 1, last is not None)))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """A backup to read from. Raises Refused."""
    if not path.is_file():
        raise backup.Refused(f"there is no file {path}")
    with path.open("rb") as raw:
        if raw.read(16) != b"SQLite format 3\0":
            raise backup.Refused(f"{path} is not a backup")
    with backup.opened_file(path) as connection:
        if not connection.dialect.has_table(connection, backup.ABOUT.name):
            raise backup.Refused(f"{path} is not a backup of this product")
        yield connection
