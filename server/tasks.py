"""Long work that a person of the office asked for on a page: files that go out, tables that come in. It runs in a
thread of the process that was asked; how far it is stands in the database, what it makes lies in VYEZD_DATA/files, for
the person who asked and nobody else, for a day.

A process that ends takes its threads along: work that says nothing for LOST_MS counts as lost, and is begun again by
hand. Nothing is half written by that: files appear whole, imports go on where they were when they are repeated.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import structlog
from flask import Flask, current_app
from sqlalchemy import BigInteger, Index, Integer, String, Text, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from schemas.ids import new_id
from server import clock
from server.db import Base, apart, reading, writing

RUNNING, DONE, FAILED, LOST = "running", "done", "failed", "lost"
LOST_MS = int(timedelta(minutes=10).total_seconds() * 1000)
KEPT_MS = int(timedelta(days=1).total_seconds() * 1000)
TELL_EVERY_MS = 400
AT_ONCE_SECONDS = 0.7  # most work is done by then: the next page shows its end
SHOWN = 20
log = structlog.get_logger()


class Task(Base):
    """``user``: who asked. ``kind``: of work; ``params``, ``result``: JSON. ``done`` of ``total`` rows, 0: not known.
    ``file``: its name in VYEZD_DATA/files, and ``title`` what people save it as."""

    __tablename__ = "task"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(32))
    params: Mapped[str] = mapped_column(Text, default="{}")
    state: Mapped[str] = mapped_column(String(8))
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    result: Mapped[str] = mapped_column(Text, default="{}")
    file: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[int] = mapped_column(BigInteger)
    touched_at: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("task_user", "user", "made_at"),)


@dataclass(frozen=True, slots=True)
class Seen:
    """A task as its owner sees it."""

    id: str
    kind: str
    params: dict[str, Any]
    state: str
    done: int
    total: int
    result: dict[str, Any]
    file: Path | None
    title: str | None
    made_at: int

    @property
    def percent(self) -> int | None:
        """How far it is, None where the end is not known."""
        return min(99, 100 * self.done // self.total) if self.total else None


@dataclass(slots=True)
class Progress:
    """What the work says of itself while it goes on."""

    task: str
    told_at: int = 0

    def __call__(self, done: int, total: int = 0) -> None:
        """So many rows of so many."""
        now = clock.now()
        if now - self.told_at >= TELL_EVERY_MS:
            self.told_at = now
            _note(self.task, done=done, total=total, touched_at=now)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What work ends with. ``file`` lies in the folder of files; ``title``: what people save it as."""

    result: dict[str, Any]
    file: Path | None = None
    title: str | None = None


class Refused(Exception):
    """The work cannot be done as asked; the argument is a code that the page has words for."""


Work = Callable[[Progress], Outcome]


def folder() -> Path:
    """Where the files lie; only the server's own account reads it."""
    path: Path = current_app.config["VYEZD"].data / "files"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def new_file(suffix: str) -> Path:
    """An empty file of the folder that only its owner reads."""
    path = folder() / f"{new_id()}{suffix}"
    path.touch(mode=0o600)
    return path


def start(user: str, kind: str, params: dict[str, Any], work: Work) -> str:
    """Begins work in a thread of its own. Returns the task's id, as a rule when it is done already."""
    id, now = new_id(), clock.now()
    row = {"id": id, "user": user, "kind": kind, "params": _json(params), "state": RUNNING, "done": 0, "total": 0}
    with writing() as connection:
        connection.execute(insert(Task), row | {"result": "{}", "made_at": now, "touched_at": now})
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    thread = threading.Thread(target=_run, args=(app, id, work), name=f"task {kind}", daemon=True)
    thread.start()
    thread.join(AT_ONCE_SECONDS)
    return id


def _run(app: Flask, id: str, work: Work) -> None:
    with app.app_context():
        try:
            outcome = work(Progress(id))
        except Refused as error:
            _note(id, state=FAILED, result=_json({"code": str(error)}))
        except Exception as error:
            log.error("task.failed", task=id, kind=type(error).__name__)
            _note(id, state=FAILED)
        else:
            file = outcome.file.name if outcome.file else None
            _note(id, state=DONE, result=_json(outcome.result), file=file, title=outcome.title)


def _note(id: str, **values: Any) -> None:
    with apart() as connection:
        connection.execute(update(Task).where(Task.id == id).values(**{"touched_at": clock.now()} | values))


def find(id: str, user: str) -> Seen | None:
    """A task of this person."""
    return next(iter(_seen(select(Task.__table__).where(Task.id == id, Task.user == user))), None)


def latest(user: str, kinds: Iterable[str]) -> list[Seen]:
    """This person's tasks of some kinds, the latest first."""
    query = select(Task.__table__).where(Task.user == user, Task.kind.in_(sorted(kinds)))
    return _seen(query.order_by(Task.made_at.desc()).limit(SHOWN))


def _seen(query: Any) -> list[Seen]:
    now, place = clock.now(), folder()
    with reading() as connection:
        rows = connection.execute(query).all()
    found = []
    for row in rows:
        state = LOST if row.state == RUNNING and now - row.touched_at > LOST_MS else row.state
        file = place / row.file if row.file else None
        there = file if file and file.exists() else None
        told = orjson.loads(row.params), orjson.loads(row.result)
        found.append(
            Seen(row.id, row.kind, told[0], state, row.done, row.total, told[1], there, row.title, row.made_at)
        )
    return found


def sweep() -> None:
    """Forgets tasks that are older than a day, and their files with them."""
    before = clock.now() - KEPT_MS
    with writing() as connection:
        connection.execute(delete(Task).where(Task.made_at < before))
    for path in folder().iterdir():
        with suppress(FileNotFoundError):  # another worker was faster
            if path.stat().st_mtime * 1000 < before:
                path.unlink()


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()
