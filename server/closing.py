"""Whether this database was restored and its trust journal not replayed: until then nobody reads, for a tablet revoked
after the backup must not, and what is handed in is stored and waits.
"""

from __future__ import annotations

from sqlalchemy import Connection

from server import clock, memo

KEY = "pulls_closed"


class Closed(Exception):
    """The database was restored and its trust journal not replayed: nobody reads until an operator has seen to it."""


def is_closed(connection: Connection) -> bool:
    """Whether an operator has to see to the journal first."""
    return memo.get(connection, KEY) is not None


def close(connection: Connection) -> None:
    """Right after a restore."""
    memo.put(connection, KEY, clock.iso(clock.now()))


def open_again(connection: Connection) -> None:
    """The journal was replayed, or an operator answers for there being none."""
    memo.forget(connection, KEY)
