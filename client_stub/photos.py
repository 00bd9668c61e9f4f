"""Photographs and scans on the tablet: attached without a connection, kept beside the store until the server has them.

A file lies in the folder FILE.photos under its SHA-256, once however many records name it. It stays there for 90 days
after it was handed in: a server that is restored from a backup may have lost it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from client_stub import clock, edits, kept, view
from client_stub.problems import Trouble
from client_stub.store import Store
from schemas import media
from schemas.ids import new_id

WAITING, CONFIRMED, REFUSED = "waiting", "confirmed", "refused"
DUE = "state = 'waiting' AND photos.op NOT IN (SELECT op FROM outbox)"
"""Whose record the server has: files go after records."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A file to be handed in. ``device``: the identity under which its record went out."""

    sha256: str
    size: int
    keep_exif: bool
    device: str | None


def attach(
    store: Store, visit: str, file: Path, told: Mapping[str, Any], keep_exif: bool = False, by: str | None = None
) -> str:
    """Attach a file to a visit. ``told``: further fields of the attachment. Returns the attachment's id.

    Raises Trouble `no_such_file`, `photo_type`, `photo_gone`, Unfit.
    """
    shown = view.look(store, visit)
    if shown is None or shown.type != "visit" or shown.deleted:
        raise Trouble("no_such_visit", text=visit)
    data, taken = _read(store, file)
    mime = media.sniff(data[: media.HEAD])
    if mime is None:
        raise Trouble("photo_type", file=file.name)
    sha256 = _keep(store, data)
    fields = {
        "owner": visit, "owner_type": "visit", "visit": visit, "family": shown.fields.get("family"),
        "sha256": sha256, "mime": mime, "size": len(data), "taken_at": taken, **told,
    }  # fmt: skip
    with store.write():
        change = {"set": {name: value for name, value in fields.items() if value is not None}}
        op = edits.write(store, "attachment", new_id(), change, by=by)
        named = {"id": op["id"], "op": op["op"], "owner": visit, "sha256": sha256, "size": len(data)}
        store.db.table("photos").insert(named | {"keep_exif": int(keep_exif), "state": WAITING})
    return op["id"]


def _read(store: Store, file: Path) -> tuple[bytes, str]:
    """The bytes, and when they were written."""
    try:
        written = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
        return file.read_bytes(), min(written, clock.now(store)).isoformat(timespec="seconds")
    except OSError as error:
        raise Trouble("no_such_file", file=file, reason=error.strerror) from error


def _now_ms(store: Store) -> int:
    """By the server's clock, Unix ms."""
    return round(clock.now(store).timestamp() * 1000)


def folder(store: Store) -> Path:
    """Where the files lie."""
    return store.path.with_name(f"{store.path.name}.photos")


def _keep(store: Store, data: bytes) -> str:
    """The file on disk before anything names it. Returns its SHA-256."""
    sha256 = hashlib.sha256(data).hexdigest()
    place = folder(store)
    place.mkdir(mode=0o700, exist_ok=True)
    beside = place / f"{sha256}.{os.getpid()}.new"
    with beside.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, place / sha256)
    return sha256


def read(store: Store, sha256: str) -> bytes:
    """A file's bytes. Raises Trouble `photo_gone` where somebody has removed or changed them."""
    try:
        data = (folder(store) / sha256).read_bytes()
    except OSError as error:
        raise Trouble("photo_gone", reason=error.strerror) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Trouble("photo_gone", reason=sha256[:8])
    return data


def due(store: Store) -> list[Photo]:
    """What can be handed in now, small first; each file once."""
    sql = (
        "SELECT sha256, size, max(keep_exif), max(kept.device) FROM photos LEFT JOIN kept ON kept.op = photos.op"
        f" WHERE {DUE} GROUP BY sha256 ORDER BY size, sha256"
    )
    return [Photo(sha256, size, bool(keep), device) for sha256, size, keep, device in store.db.execute(sql).fetchall()]


def confirmed(store: Store, sha256: str) -> None:
    """The server has it, by its hash."""
    sql = "UPDATE photos SET state = ?, error = NULL, epoch = ?, at = ? WHERE sha256 = ?"
    with store.write():
        store.db.execute(sql, [CONFIRMED, store["epoch"], _now_ms(store), sha256])


def refused(store: Store, sha256: str, why: str) -> None:
    """The server will not have it; the file stays here for whoever looks after it."""
    with store.write():
        store.db.execute("UPDATE photos SET state = ?, error = ? WHERE sha256 = ?", [REFUSED, why, sha256])


def renew(store: Store) -> None:
    """What another life of the database had is asked about again. Call it within `write`."""
    again = "UPDATE photos SET state = ?, at = NULL WHERE state = ? AND epoch <> ?"
    store.db.execute(again, [WAITING, CONFIRMED, store["epoch"]])


def standing(store: Store) -> dict[str, Any]:
    """``waiting``, ``waiting_bytes``, ``handed_in``: counts of files; ``refused``: [{"id", "owner", "text"}]."""
    sql = "SELECT state, count(DISTINCT sha256) FROM photos GROUP BY state"
    counts = dict(store.db.execute(sql).fetchall())
    size = "SELECT sum(size) FROM (SELECT DISTINCT sha256, size FROM photos WHERE state = ?)"
    refusals = store.db.table("photos").rows_where("state = ?", [REFUSED], order_by="id")
    return {
        "waiting": counts.get(WAITING, 0),
        "waiting_bytes": store.db.execute(size, [WAITING]).fetchone()[0] or 0,
        "handed_in": counts.get(CONFIRMED, 0),
        "refused": [{"id": row["id"], "owner": row["owner"], "text": row["error"]} for row in refusals],
    }


def forget(store: Store) -> None:
    """Let go of files that the server has held for 90 days, and of what nothing names."""
    then = _now_ms(store) - kept.DAYS * clock.DAY_MS
    with store.write():
        store.db.table("photos").delete_where("state = ? AND at < ? AND epoch = ?", [CONFIRMED, then, store["epoch"]])
        named = {row["sha256"] for row in store.db.table("photos").rows}
    for path in folder(store).glob("*"):
        if path.name not in named and path.suffix != ".new":
            path.unlink(missing_ok=True)


def drop(store: Store, all_of_them: bool) -> None:
    """Removes the files that today's server has, or all: this tablet is trusted no more. Call it within `write`."""
    table = store.db.table("photos")
    if not all_of_them:
        table.delete_where("state = ? AND epoch = ?", [CONFIRMED, store["epoch"]])
    named = set() if all_of_them else {row["sha256"] for row in table.rows}
    for path in folder(store).glob("*"):
        if path.name not in named:
            path.unlink(missing_ok=True)
