"""The tablet's one SQLite file: what the server said, what it has not heard yet, and what came of the rest.

An edit lands in `outbox` (edits.py), readable and sealed, and leaves it only in the transaction that stores the
server's answer about it (sync.py): to `acknowledged`, sealed to `kept` (kept.py) and, when quarantined, also to
`mend`. `server` holds records as the server sent them; view.py lays the ops that they do not show yet over them.
Every commit survives a power cut: WAL, synchronous FULL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import sqlite_utils

from client_stub.sealing import seal

BUSY_SECONDS = 30
TABLES: dict[str, dict[str, type]] = {  # the first column is the primary key
    "meta": {"key": str, "value": str},
    "server": {
        "id": str, "type": str, "rev": int, "epoch": str, "at": str,
        "feeds": str, "fields": str, "disputed": str, "incomplete": str, "pull": int,
    },
    "outbox": {
        "seq": int, "op": str, "type": str, "record": str, "epoch": str, "base": int, "body": str,
        "device": str, "mends": str, "sealed": bytes,
    },
    "acknowledged": {
        "op": str, "seq": int, "type": str, "record": str, "epoch": str, "base": int, "body": str,
        "outcome": str, "rev": int, "acknowledged_in": str,
    },
    "kept": {
        "op": str, "seq": int, "type": str, "record": str, "device": str, "mends": str,
        "epoch": str, "at": int, "was": str, "sealed": bytes,
    },
    "mend": {
        "op": str, "type": str, "record": str, "body": str, "errors": str, "settled": str,
        "device": str, "mended_by": str,
    },
    "notices": {"id": str, "kind": str, "record": str, "text": str, "due": str},
    "receipts": {"batch": str, "device": str, "at": str, "ops": str, "receipt": str},
    "former": {"device": str, "token": str, "seal": str},
    "photos": {
        "id": str, "op": str, "owner": str, "sha256": str, "size": int, "keep_exif": int,
        "state": str, "error": str, "epoch": str, "at": int,
    },
}  # fmt: skip
INDEXES: dict[str, list[tuple[str, ...]]] = {
    "server": [("type",), ("pull",)],
    "outbox": [("op",), ("record",), ("type",)],
    "acknowledged": [("record",), ("type",)],
    "kept": [("device", "epoch"), ("at",)],
    "photos": [("state", "size"), ("sha256",)],
}


class Store:
    """One tablet's file. Use it from one thread; other processes may have it open too."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        self.db = sqlite_utils.Database(sqlite3.connect(str(self.path), timeout=BUSY_SECONDS))
        self.db.enable_wal()
        self.db.execute("PRAGMA synchronous = FULL")
        with self.write():
            self._create()

    def _create(self) -> None:
        """Make the tables; a file of an earlier version is given the columns that it lacks."""
        for name, columns in TABLES.items():
            table = self.db.table(name)
            table.create(columns, pk=next(iter(columns)), strict=True, if_not_exists=True)
            for column in [column for column in columns if column not in table.columns_dict]:
                table.add_column(column, columns[column])
        for name, indexes in INDEXES.items():
            for indexed in indexes:
                self.db.table(name).create_index(indexed, if_not_exists=True)

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction that takes the write lock before it reads; a `write` inside a `write` joins it."""
        connection = self.db.conn
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise

    # What the tablet knows of itself

    def __getitem__(self, key: str) -> Any:
        """A value of `meta`, or None."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
        return orjson.loads(row[0]) if row else None

    def set(self, **values: Any) -> None:
        """Write values of `meta`."""
        rows = [{"key": key, "value": text(value)} for key, value in values.items()]
        with self.write():
            self.db.table("meta").insert_all(rows, replace=True)

    def next_seq(self) -> int:
        """The next number of this tablet's ops, never used before under any identity. Call it within `write`."""
        seq = (self["seq"] or 0) + 1
        self.set(seq=seq)
        return seq

    # Ops

    def queue(self, op: Mapping[str, Any], device: str | None = None) -> None:
        """Put a finished op into the outbox, where it stays as it is: a second thought is a second op.

        ``device``: the identity under which it must go out; None: whichever this tablet has by then.
        """
        body = text(op)
        sealed = seal(body.encode(), self["server_keys"]["seal"])
        named = {"record": op["id"], "mends": op.get("mends"), "device": device, "body": body, "sealed": sealed}
        self.db.table("outbox").insert({key: op[key] for key in ("seq", "op", "type", "epoch", "base")} | named)

    def waiting(self) -> int:
        """How many ops the server has not acknowledged."""
        return self.db.table("outbox").count

    def acknowledge(self, op: str, outcome: str, rev: int | None) -> None:
        """Move an op out of the outbox. Its body is shown on until a pull has brought what became of it.

        An op that was acknowledged before, in another life of the database, keeps what was decided of it since.
        """
        self.db.execute(
            "INSERT OR IGNORE INTO acknowledged SELECT op, seq, type, record, epoch, base, body, ?, ?, ?"
            " FROM outbox WHERE op = ?",
            [outcome, rev, self["epoch"], op],
        )
        self.db.table("outbox").delete_where("op = ?", [op])
        if rev:
            merged = "UPDATE acknowledged SET outcome = ?, rev = ?, acknowledged_in = ? WHERE op = ?"
            self.db.execute(merged, [outcome, rev, self["epoch"], op])

    def set_aside(self, op: str, errors: Mapping[str, Sequence[str]]) -> None:
        """Keep a marked copy of a quarantined op of the outbox, with what the server said of it, for its author.

        A mend that is wrong too takes the place of the copy that it was to mend.
        """
        self.db.execute(
            "INSERT OR IGNORE INTO mend (op, type, record, body, errors, device)"
            " SELECT op, type, record, body, ?, device FROM outbox WHERE op = ? AND mends IS NULL",
            [text(errors), op],
        )
        self.db.execute(
            "UPDATE mend SET body = outbox.body, errors = ?, mended_by = NULL"
            " FROM outbox WHERE outbox.op = ? AND outbox.mends = mend.op AND mend.settled IS NULL",
            [text(errors), op],
        )

    def settle(self, op: str, outcome: str) -> bool:
        """Close the copy of a quarantined or stored op: applied, conflict, rejected. True for news."""
        self.db.execute("UPDATE mend SET settled = ?, body = NULL WHERE op = ?", [outcome, op])
        undecided = "UPDATE acknowledged SET outcome = ? WHERE op = ? AND outcome IN ('quarantined', 'stored')"
        return self.db.execute(undecided, [outcome, op]).rowcount > 0

    def to_mend(self) -> list[dict[str, Any]]:
        """Quarantined ops that nobody has settled or mended: {op, type, record, body, errors, device}."""
        rows = self.db.table("mend").rows_where("settled IS NULL AND mended_by IS NULL", order_by="op")
        return [row | {"body": orjson.loads(row["body"]), "errors": orjson.loads(row["errors"])} for row in rows]

    def keep_notices(self, notices: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Keep what the office tells this tablet (it repeats itself) and return what is new."""
        table = self.db.table("notices")
        fresh = [{column: notice.get(column) for column in TABLES["notices"]} for notice in notices]
        fresh = [notice for notice in fresh if not table.count_where("id = ?", [notice["id"]])]
        table.insert_all(fresh)
        return fresh

    def highest_base(self, record: str, epoch: str) -> int:
        """The highest `base` this tablet has used for a record in an epoch: along `seq` it must not fall."""
        sql = (
            "SELECT max(base) FROM (SELECT base FROM outbox WHERE record = :record AND epoch = :epoch"
            " UNION ALL SELECT base FROM acknowledged WHERE record = :record AND epoch = :epoch)"
        )
        return self.db.execute(sql, {"record": record, "epoch": epoch}).fetchone()[0] or 0

    def unshown_ops(self, column: str, value: str) -> list[dict[str, Any]]:
        """The ops that the server's records do not show yet, by `seq`: those of a `record` or of a `type`.

        They are the outbox, and what was acknowledged at a rev that no pull has brought: {op, sent, body}.
        """
        sql = (
            f"SELECT seq, body, 0 AS sent FROM outbox WHERE {column} = :value"
            " UNION ALL SELECT a.seq, a.body, 1 FROM acknowledged a LEFT JOIN server s ON s.id = a.record"
            f" WHERE a.{column} = :value AND a.body IS NOT NULL AND a.outcome <> 'quarantined'"
            " AND (s.id IS NULL OR s.epoch <> a.acknowledged_in OR s.rev < a.rev) ORDER BY 1"
        )
        rows = self.db.execute(sql, {"value": value}).fetchall()
        return [{"sent": bool(sent), "body": orjson.loads(body)} for _, body, sent in rows]

    # Records as the server sent them

    def take_changes(self, changes: Iterable[Mapping[str, Any]]) -> None:
        """Store changes, the later of two on one record. `gone` removes the server's copy, never an op."""
        last = {change["id"]: change for change in changes}
        table = self.db.table("server")
        for record in [id for id, change in last.items() if change.get("gone")]:
            table.delete_where("id = ?", [record])
        known = {"epoch": self["epoch"], "pull": self["pull"]}
        rows = [known | _row(change) for change in last.values() if not change.get("gone")]
        table.insert_all(rows, replace=True)
        self.db.conn.executemany(SHOWN, [[row["id"], row["epoch"], row["rev"]] for row in rows])

    def keep_to_scope(self, feeds: Sequence[str]) -> None:
        """Drop records that sit in none of these feeds, when the scope has changed."""
        known = set(self["scope"] or feeds)
        self.set(scope=feeds)
        if known <= set(feeds):
            return
        for record in self.records("true", []):
            if set(feeds).isdisjoint(record["feeds"]):
                self.db.table("server").delete(record["id"])

    def start_afresh(self) -> None:
        """Forget the cursor: the whole scope comes again, and until it is there the old records are shown."""
        self.set(cursor=None, pull=(self["pull"] or 0) + 1, standing=False, rewound=False)

    def finish_pull(self) -> None:
        """At the head of the scope: drop what a fresh pull did not bring, and the bodies that now show."""
        self.db.table("server").delete_where("pull < ?", [self["pull"]])
        self.db.execute("UPDATE acknowledged SET body = NULL WHERE body IS NOT NULL")
        self.set(standing=True)

    def record(self, id: str) -> dict[str, Any] | None:
        """A record as the server sent it, or None: a row of `server` with its JSON read."""
        return next(iter(self.records("id = ?", [id])), None)

    def records(self, where: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        """The server's records that fit a condition on the `server` table."""
        return [_parsed(row) for row in self.db.table("server").rows_where(where, values, order_by="id")]


def text(value: Any) -> str:
    """JSON text, as columns hold it."""
    return orjson.dumps(value).decode()


SHOWN = "UPDATE acknowledged SET body = NULL WHERE record = ? AND body IS NOT NULL AND acknowledged_in = ? AND rev <= ?"
"""Drops the readable copies of ops whose revision the tablet now holds."""

PARTS: dict[str, Any] = {"feeds": [], "fields": {}, "disputed": {}, "incomplete": []}


def _row(change: Mapping[str, Any]) -> dict[str, Any]:
    parts = {key: text(change.get(key, empty)) for key, empty in PARTS.items()}
    return {key: change[key] for key in ("id", "type", "rev", "at")} | parts


def _parsed(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {key: orjson.loads(row[key]) for key in PARTS}
