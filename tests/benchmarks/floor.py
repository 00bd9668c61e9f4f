"""The floor: what the engines themselves take to store the same records under the same promise of durability, and to
give them back."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import orjson
import psycopg
from sqlalchemy.engine import make_url

from tests.benchmarks.scene import Op

BATCH, PAGE = 500, 500
TABLE = """
    CREATE TABLE floor (id VARCHAR(36) PRIMARY KEY, type TEXT, device TEXT, seq BIGINT, at TEXT, body TEXT);
    CREATE INDEX floor_type ON floor (type, id);
    CREATE INDEX floor_device ON floor (device, seq);
    CREATE INDEX floor_at ON floor (at);
"""

Row = tuple[str, str, str, int, str, str]
"""id, type, device, seq, at, body"""


def rows(ops: Sequence[Op]) -> list[Row]:
    """The same bytes as rows; some device wrote them."""
    return [(op["id"], op["type"], op["by"], op["seq"], op["at"], orjson.dumps(op).decode()) for op in ops]


def sqlite(folder: Path, rows: Sequence[Row]) -> float:
    """The seconds to write rows into a new database: WAL, synchronous FULL, three indexes, BATCH rows a transaction."""
    with closing(_open(folder)) as connection:
        connection.executescript(TABLE)
        began = time.perf_counter()
        for start in range(0, len(rows), BATCH):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO floor VALUES (?, ?, ?, ?, ?, ?)", rows[start : start + BATCH])
            connection.execute("COMMIT")
        return time.perf_counter() - began


def postgresql(url: str, rows: Sequence[Row]) -> float:
    """The same with executemany on PostgreSQL, synchronous_commit on."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute(TABLE)
        connection.commit()
        began = time.perf_counter()
        for start in range(0, len(rows), BATCH):
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO floor VALUES (%s, %s, %s, %s, %s, %s)", rows[start : start + BATCH])
            connection.commit()
        return time.perf_counter() - began


def reading(folder: Path, rows: Sequence[Row]) -> float:
    """The seconds to read rows back from SQLite in pages of PAGE as one JSON text each."""
    sqlite(folder, rows)
    with closing(_open(folder)) as connection:
        began = time.perf_counter()
        last, done = "", 0
        while page := connection.execute(
            "SELECT id, type, seq, body FROM floor WHERE id > ? ORDER BY id LIMIT ?", (last, PAGE)
        ).fetchall():
            text = b"[" + b",".join(body.encode() for *_, body in page) + b"]"
            last, done = page[-1][0], done + text.count(b'"seq"')
        assert done == len(rows)
        return time.perf_counter() - began


def _open(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection
