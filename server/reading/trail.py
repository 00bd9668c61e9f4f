"""Who is meant in the audit: accounts, tablets, teams and places by name."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from server import reference
from server.audit import Entry
from server.db import reading
from server.inbox import chunks
from server.models import Device, User


def names(entries: Iterable[Entry]) -> dict[str, str]:
    """Id → the name of an account, device, team or place, of those who acted and to whom something was done."""
    ids = sorted({id for each in entries for id in (each.who, each.subject) if id})
    with reading() as connection:
        known = reference.current(connection)
        places = known.teams | known.territories
        kept = {id: str(places[id].get("name", "")) for id in ids if id in places}
        return kept | {
            row.id: row.name
            for table in (Device, User)
            for part in chunks(ids)
            for row in connection.execute(select(table.id, table.name).where(table.id.in_(part)))
        }


def people() -> list[tuple[str, str]]:
    """(id, name) of the accounts, by name."""
    with reading() as connection:
        return [
            (row.id, row.name) for row in connection.execute(select(User.id, User.name).order_by(User.name, User.id))
        ]
