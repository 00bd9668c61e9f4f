"""The floor: what SQLite itself takes to store the same records under the same promise of durability."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

BATCH = 500
TABLE = """
    CREATE TABLE floor (id TEXT PRIMARY KEY, type TEXT, device TEXT, seq INTEGER, at TEXT, body TEXT);
    CREATE INDEX floor_type ON floor (type, id);
    CREATE INDEX floor_device ON floor (device, seq);
    CREATE INDEX floor_at ON floor (at);
"""

Row = tuple[str, str, str, int, str, str]
"""id, type, device, seq, at, body"""


def seconds(folder: Path, rows: Sequence[Row]) -> float:
    """The time to write rows into a new database: WAL, three indexes, BATCH rows a transaction."""
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(TABLE)
    began = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO floor VALUES (?, ?, ?, ?, ?, ?)", rows[start : start + BATCH])
        connection.execute("COMMIT")
    spent = time.perf_counter() - began
    connection.close()
    return spent
