"""`vyezd doctor`: is everything as it should be, and what to do where it is not."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version

import click
from flask import current_app
from sqlalchemy import func, select

from server import clock, database, inbox, keys, projections, seal, silence
from server.blobs import store
from server.blobs.tables import Blob
from server.commands.opening import opened
from server.commands.printing import as_json, print_json
from server.commands.speech import Command, say
from server.db import is_sqlite, reading
from server.models import Device, Op, User
from server.settings import Settings

DISK_BYTES = 1 << 30
MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """``state``: ok, warn (look at it), fail (mend it)."""

    name: str
    state: str
    says: str


@click.command(
    cls=Command,
    help=(
        """Проверить сервер: база, ключи, место, планшеты, очередь.

        ✓ в порядке, ! стоит посмотреть, ✗ надо исправить (код выхода 1). Персональных данных в ответе нет:
        его можно переслать тому, кто помогает.""",
        """Examine the server: database, keys, space, tablets, queue.

        ✓ is well, ! is worth a look, ✗ wants mending (exit code 1). The answer holds no personal data: it may
        be sent to whoever helps.""",
    ),
)
@as_json
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    with opened():
        findings = [check() for check in CHECKS]
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{MARKS[finding.state]} {finding.says}")
    context.exit(1 if any(finding.state == "fail" for finding in findings) else 0)


def _programs() -> Finding:
    parts = ", ".join(f"{part} {version(part)}" for part in ("vyezd", "Flask", "SQLAlchemy", "gunicorn"))
    return Finding("programs", "ok", f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}, {parts}")


def _database() -> Finding:
    with reading() as connection:
        engine = connection.dialect.name
        current = projections.are_current(connection)
    if not (current and database.is_migrated()):
        return Finding("database", "fail", say("База старее программы: vyezd upgrade", "Run vyezd upgrade"))
    return Finding("database", "ok", say(f"База данных в порядке ({engine})", f"The database is up to date ({engine})"))


def _durability() -> Finding:
    """A commit must survive a power cut."""
    with reading() as connection:
        if is_sqlite(connection):
            safe = connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        else:
            safe = connection.exec_driver_sql("SHOW fsync").scalar() == "on"
    if safe:
        return Finding("durability", "ok", say("Принятое переживёт отключение питания", "Commits survive a power cut"))
    return Finding(
        "durability",
        "fail",
        say("Запись на диск отложена: включите fsync", "Commits are not flushed: fsync is off"),
    )


def _keys() -> Finding:
    folder = _settings().keys
    loose = [path.name for path in sorted(folder.iterdir()) if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    keys.load(_settings())
    if loose:
        names = ", ".join(loose)
        return Finding(
            "keys",
            "fail",
            say(f"Ключи читают посторонние: chmod 600 {folder} ({names})", f"Others may read keys: {names}"),
        )
    return Finding("keys", "ok", say("Ключи на месте и закрыты", "The keys are there and closed to others"))


def _space() -> Finding:
    free = shutil.disk_usage(_settings().data).free
    gib = f"{free / (1 << 30):.1f}"
    state = "ok" if free > DISK_BYTES else "fail"
    return Finding("space", state, say(f"Свободно {gib} ГиБ", f"{gib} GiB free"))


def _waiting() -> Finding:
    with reading() as connection:
        count = inbox.waiting(connection)
    if count:
        return Finding(
            "waiting",
            "fail",
            say(f"Не разобрано операций: {count}. vyezd replay", f"{count} ops wait: vyezd replay"),
        )
    return Finding("waiting", "ok", say("Всё принятое разобрано", "All that was stored is processed"))


def _quarantine() -> Finding:
    with reading() as connection:
        count = connection.scalar(select(func.count()).where(Op.state == "quarantined")) or 0
    return Finding(
        "quarantine",
        "warn" if count else "ok",
        say(f"Требуют исправления: {count}", f"In quarantine: {count}"),
    )


def _history() -> Finding:
    broken = seal.verify()
    if broken:
        return Finding(
            "history",
            "fail",
            say("История изменена: vyezd audit verify", "The history was changed: vyezd audit verify"),
        )
    return Finding("history", "ok", say("История цела", "The history is whole"))


def _tablets() -> Finding:
    """Forked, diverged or silent for long, of those in use."""
    contact = func.coalesce(Device.last_contact, Device.enrolled_at)
    silent = contact < clock.now() - silence.after_ms()
    tablets = select(func.count()).where(Device.kind == "tablet", Device.revoked_at.is_(None))
    with reading() as connection:
        total = connection.scalar(tablets) or 0
        odd = connection.scalar(tablets.where(Device.forked | Device.diverged_at.is_not(None) | silent)) or 0
    return Finding(
        "tablets",
        "warn" if odd else "ok",
        say(
            f"Планшетов {total}, из них требуют внимания {odd}",
            f"{total} tablets, {odd} of them want attention",
        ),
    )


def _accounts() -> Finding:
    with reading() as connection:
        real = connection.scalar(select(func.count()).where(User.demo.is_(False))) or 0
        demo = connection.scalar(select(func.count()).where(User.demo.is_(True))) or 0
    if real and demo:
        return Finding(
            "accounts",
            "fail",
            say("В рабочей базе есть демонстрационные записи", "Demo accounts beside real ones"),
        )
    return Finding(
        "accounts",
        "ok",
        say(f"Учётных записей офиса: {real + demo}", f"Accounts of the office: {real + demo}"),
    )


def _files() -> Finding:
    """Photographs and scans: whether each that was confirmed is there."""
    kept = store.kept()
    with reading() as connection:
        keys = connection.scalars(select(Blob.content).distinct()).all()
    missing = sum(not kept.has(key) for key in keys)
    if missing:
        return Finding(
            "files",
            "fail",
            say(
                f"Нет на диске файлов: {missing} из {len(keys)}. Верните папку VYEZD_BLOBS из копии",
                f"Files missing on disk: {missing} of {len(keys)}. Bring the folder VYEZD_BLOBS back from a copy",
            ),
        )
    return Finding("files", "ok", say(f"Снимков и сканов: {len(keys)}", f"Photographs and scans: {len(keys)}"))


def _settings() -> Settings:
    return current_app.config["VYEZD"]


CHECKS: tuple[Callable[[], Finding], ...] = (
    _programs,
    _database,
    _durability,
    _keys,
    _space,
    _waiting,
    _quarantine,
    _history,
    _tablets,
    _accounts,
    _files,
)
