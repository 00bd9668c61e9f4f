"""Databases as a first start leaves them, copied: a run needs hundreds, and to migrate each of them takes seconds.

The first one of a server (or of SQLite) is kept, without its epoch; the others of the same schemas begin as its copies.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from schemas import registry
from tests.support.postgres import Databases

_numbers = itertools.count(1)
_kept: dict[tuple[str, str], str] = {}  # (server, digest of the schemas) → the template's file or database


def is_empty(url: str) -> bool:
    """Whether nothing was ever made in this database."""
    at = make_url(url)
    if at.get_backend_name() == "sqlite":
        return not Path(str(at.database)).exists()
    with psycopg.connect(at.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        return connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public'").fetchone() is None


def lay(url: str) -> bool:
    """Puts a copy into the place of an empty database; False when nothing is kept yet."""
    template = _kept.get(_key(url))
    if template is None:
        return False
    put(template, url)
    return True


def put(template: str, url: str) -> None:
    """Puts a copy into the place of a database (on a server: an empty one)."""
    at = make_url(url)
    if at.get_backend_name() == "sqlite":
        shutil.copy(template, str(at.database))
    else:
        server = _server(at)
        server.drop_database(url)
        server.create_database(at.database, template)


def keep(url: str) -> None:
    """Keeps a copy of a database that was just made, to which nobody is connected."""
    kept = take(url)
    on_server = make_url(url).get_backend_name() != "sqlite"
    engine = create_engine(make_url(url).set(database=kept) if on_server else f"sqlite:///{kept}")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM setting WHERE key = 'epoch'"))
    engine.dispose()
    _kept[_key(url)] = kept


def take(url: str) -> str:
    """A template made of a database to which nobody is connected: a file, or a database beside it. It is gone with this
    process."""
    at = make_url(url)
    name = f"vyezd_template_{os.getpid()}_{next(_numbers)}"
    if at.get_backend_name() == "sqlite":
        kept = str(_folder() / name)
        with sqlite3.connect(str(at.database)) as source:
            source.execute("VACUUM INTO ?", [kept])
        source.close()
        return kept
    atexit.register(_drop, at, _server(at).create_database(name, at.database))
    return name


def _key(url: str) -> tuple[str, str]:
    at = make_url(url)
    server = (
        "" if at.get_backend_name() == "sqlite" else at.set(database="postgres").render_as_string(hide_password=False)
    )
    return server, registry.digest()


def _server(at: URL) -> Databases:
    return Databases(at.set(database="postgres").render_as_string(hide_password=False))


def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="vyezd-templates-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _drop(at: URL, url: str) -> None:
    with suppress(psycopg.Error):
        _server(at).drop_database(url)
