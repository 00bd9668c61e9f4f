"""The few things that the database keeps about itself, by name: its epochs, what it was made from, what was last
done."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from server import bulk
from server.models import Setting

_COLUMNS = ("key", "value")
_GET = select(Setting.value).where(Setting.key == bindparam("name"))


def get(connection: Connection, name: str) -> str | None:
    """What is kept under a name."""
    return connection.scalar(_GET, {"name": name})


def hold(connection: Connection, name: str) -> None:
    """Locks a value until the end of the transaction: who reads it then, to write it anew, is alone with it."""
    connection.execute(_GET.with_for_update(), {"name": name})


def put(connection: Connection, name: str, value: str) -> None:
    """Keeps a value in place of the one before it."""
    bulk.put(connection, Setting.__table__, _COLUMNS, [(name, value)], keys=_COLUMNS[:1], fresh=_COLUMNS[1:])


def forget(connection: Connection, name: str) -> None:
    """Takes it away, where there is one."""
    connection.execute(delete(Setting).where(Setting.key == name))
