"""Which family a record belongs to, for the audit."""

from __future__ import annotations

import orjson
from sqlalchemy import select

from server.db import reading
from server.models import Record


def family_of(id: str) -> str | None:
    """The id of the family that a record is, or names; None for others and for what is not there."""
    with reading() as connection:
        row = connection.execute(select(Record.type, Record.body).where(Record.id == id)).first()
    if row is None:
        return None
    return id if row.type == "family" else orjson.loads(row.body)["fields"].get("family")
