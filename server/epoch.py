"""The epoch: one life of the database, 8 hex digits, new at `init` and at each restore."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, insert, select

from server.models import Setting


class NoDatabase(RuntimeError):
    """The database has no epoch: `vyezd init` has not been run on it."""


def of(connection: Connection) -> str:
    """Raises NoDatabase."""
    found = connection.scalar(select(Setting.value).where(Setting.key == "epoch"))
    if found is None:
        raise NoDatabase("this database has no epoch: run `vyezd init`")
    return found


def begin(connection: Connection) -> str:
    """Gives a new database its first epoch; one that has an epoch keeps it."""
    found = connection.scalar(select(Setting.value).where(Setting.key == "epoch"))
    if found is None:
        found = secrets.token_hex(4)
        connection.execute(insert(Setting), {"key": "epoch", "value": found})
    return found
