"""The audit: who read or wrote what, took it out, was refused, signed in or decided. One way in: `record`.

Entries are gathered while a request or a command works and stored together, in one short transaction of their own,
before the answer leaves: whoever was shown something has an entry, and a feed's transaction never waits for one.
seal.py puts them into the hash-chained blocks. What a stranger (no known person or tablet) was refused is counted in
the metrics and not stored: strangers could fill the disk with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask, Response, current_app, g
from sqlalchemy import ColumnElement, insert, select

from server import clock
from server.db import apart, reading
from server.models import AuditEntry

OPERATOR, SERVER, NOBODY = "operator", "server", "nobody"
"""Who, where it is neither an account nor a device: a command at the terminal, the server by itself, before sign-in."""
PAGE = 100
COVERED = ("at", "action", "who", "subject", "family", "reason", "details")


@dataclass(frozen=True, slots=True)
class Entry:
    """``who``: id of an account or device, or operator, server, nobody. ``subject``: id of what it was done to,
    ``family``: the family that it belongs to. ``at``: Unix ms. ``block``: the sealed one that it is in, None before.
    """

    n: int
    at: int
    action: str
    who: str
    subject: str | None
    family: str | None
    reason: str | None
    details: dict[str, Any]
    block: int | None


def init_audit(app: Flask) -> None:
    """Stores what was gathered before an answer leaves, or when a command ends."""
    app.after_request(_before_the_answer)
    app.teardown_appcontext(lambda _: flush())


def record(
    action: str,
    *,
    who: str,
    subject: str | None = None,
    family: str | None = None,
    reason: str | None = None,
    **details: Any,
) -> None:
    """Notes a deed, also in the middle of a transaction.

    ``details``: anything JSON; ids and figures rather than people's data.
    """
    row = {
        "at": clock.now(),
        "action": action,
        "who": who,
        "subject": subject and _storable(subject)[:200],
        "family": family,
        "reason": reason and _storable(reason),
        "details": orjson.dumps(details, option=orjson.OPT_SORT_KEYS).decode(),
    }
    g.setdefault("audit", []).append(row | {"digest": digest(row)})


def _storable(text: str) -> str:
    """Without what PostgreSQL does not take: an address may hold anything."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def digest(row: Any) -> bytes:
    """The salted digest of an entry's content (a mapping): 32 bytes. Whoever has the database alone cannot make one."""
    return bytes(current_app.extensions["vyezd.keys"].op_digest(orjson.dumps([row[name] for name in COVERED])))


def flush() -> None:
    """Stores what was gathered so far."""
    if rows := g.pop("audit", None):
        with apart() as connection:
            connection.execute(insert(AuditEntry), rows)


def _before_the_answer(answer: Response) -> Response:
    flush()
    return answer


def entries(
    who: str | None = None, family: str | None = None, action: str | None = None, before: int | None = None
) -> list[Entry]:
    """A page of entries, the latest first; ``before``: only those with a smaller number."""
    asked: Iterable[tuple[Any, str | None]] = (
        (AuditEntry.who, who),
        (AuditEntry.family, family),
        (AuditEntry.action, action),
    )
    limits: list[ColumnElement[bool]] = [column == value for column, value in asked if value is not None]
    limits += [AuditEntry.n < before] if before else []
    query = select(AuditEntry.__table__).where(*limits).order_by(AuditEntry.n.desc()).limit(PAGE)
    with reading() as connection:
        return [_entry(row._mapping) for row in connection.execute(query)]


def _entry(row: Any) -> Entry:
    own = {name: row[name] for name in ("n", "at", "action", "who", "subject", "family", "reason", "block")}
    return Entry(details=orjson.loads(row["details"]), **own)
