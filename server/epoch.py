"""The epoch: one life of the database, 8 hex digits, new at `init` and at each restore.

Earlier lives are kept in order, because a version that was restored keeps its rev under every later epoch, and
because a tablet's cursor of an earlier life tells that it must start afresh.
"""

from __future__ import annotations

import secrets

import orjson
from sqlalchemy import Connection

from server import memo

KEY = "epoch"


class NoDatabase(RuntimeError):
    """The database has no epoch: `vyezd init` has not been run on it."""


def of(connection: Connection) -> str:
    """The present epoch. Raises NoDatabase."""
    return lives(connection)[-1]


def lives(connection: Connection) -> list[str]:
    """Every epoch of this database, the present one last. Raises NoDatabase."""
    found = memo.get(connection, KEY)
    if found is None:
        raise NoDatabase("this database has no epoch: run `vyezd init`")
    epochs: list[str] = orjson.loads(found)
    return epochs


def begin(connection: Connection) -> str:
    """Gives a new database its first epoch; one that has an epoch keeps it."""
    try:
        return of(connection)
    except NoDatabase:
        first = secrets.token_hex(4)
        memo.put(connection, KEY, orjson.dumps([first]).decode())
        return first


def renew(connection: Connection, known: str | None = None) -> str:
    """Begins another life. ``known``: only where this is the present one, else somebody has begun another since.
    Raises NoDatabase."""
    memo.hold(connection, KEY)
    epochs = lives(connection)
    if known not in (None, epochs[-1]):
        return epochs[-1]
    epochs.append(secrets.token_hex(4))
    memo.put(connection, KEY, orjson.dumps(epochs).decode())
    return epochs[-1]
