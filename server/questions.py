"""Questions of the office to a team about a matter: a notice to each of its tablets, and a note for the office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from schemas.ids import new_id
from server import clock, notices
from server.bulk import among
from server.db import writing
from server.models import Question

ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """``at``: Unix ms."""

    by: str
    at: int
    text: str


def ask(key: str, by: str, text: str, tablets: Iterable[str], notice: str, record: str | None) -> None:
    """Keeps the question about a matter, and leaves these tablets a ``notice`` of it."""
    now = clock.now()
    with writing() as connection:
        row = {"id": new_id(now), "key": key, "by": by, "at": now, "text": text}
        connection.execute(insert(Question), row)
        for tablet in sorted(tablets):
            notices.leave(connection, tablet, ASKED, notice, record, now)


def of(keys: Iterable[str], connection: Connection) -> dict[str, list[Asked]]:
    """Key → what was asked about the matter, the latest first."""
    found: dict[str, list[Asked]] = {}
    query = select(Question).where(among(Question.__table__.c.key, sorted(keys))).order_by(Question.id.desc())
    for row in connection.execute(query.with_only_columns(*Question.__table__.c)):
        found.setdefault(row.key, []).append(Asked(row.by, row.at, row.text))
    return found
