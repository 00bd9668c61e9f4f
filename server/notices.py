"""Notices: a word from the office to one tablet, sent with its answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from schemas.ids import new_id
from server import clock, shields
from server.db import reading, writing
from server.models import Notice

SETTLED = "settled"


def send(device: str, kind: str, text: str, record: str | None = None, due: str | None = None) -> str:
    """Leaves a notice for a tablet (``due``: ISO date). Returns its id."""
    with writing() as connection:
        return leave(connection, device, kind, text, record, clock.now(), due)


def leave(
    connection: Connection, device: str, kind: str, text: str, record: str | None, now: int, due: str | None = None
) -> str:
    """The same within a transaction. A notice of kind `settled` has the op in ``record`` and the outcome in
    ``text``."""
    row = {"id": new_id(now), "device": device, "kind": kind, "record": record, "text": text, "due": due}
    connection.execute(insert(Notice), row | {"created_at": now})
    return str(row["id"])


def deliver(device: str, scope: frozenset[str] | None, now: int) -> list[dict[str, Any]]:
    """The notices of the last 30 days, for a tablet keeps them by id and an answer may have been lost; the new ones
    are marked as sent. What is said of a record that sits apart from the tablet (``scope``) is left out."""
    month = now - 30 * 24 * 3600 * 1000
    query = select(Notice.id, Notice.kind, Notice.record, Notice.text, Notice.due, Notice.delivered_at)
    query = query.where(Notice.device == device, Notice.created_at >= month).order_by(Notice.id)
    with reading() as connection:
        rows = list(connection.execute(query))
        about = {row.record for row in rows if row.record and row.kind != SETTLED}
        hidden = shields.hidden_from(scope, about, connection)
    rows = [row for row in rows if row.kind == SETTLED or row.record not in hidden]
    fresh = [row.id for row in rows if row.delivered_at is None]
    if fresh:
        with writing() as connection:
            connection.execute(update(Notice).where(Notice.id.in_(fresh)).values(delivered_at=now))
    return [{name: row._mapping[name] for name in ("id", "kind", "record", "text", "due")} for row in rows]
