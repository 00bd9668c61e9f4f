"""Which records a kept op names: so that a quarantined or stored op is no way to learn of what sits apart
(shields.py)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from server.authors import Author
from server.db import is_sqlite
from server.inbox import Entry
from server.models import Mention
from server.placement import CASE_PREFIX

MOST = 500
_UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def keep(connection: Connection, author: Author, entries: Sequence[Entry]) -> None:
    """Notes what the ops name that wait for somebody. What nobody can read counts as naming all that its tablet is
    named for."""
    kept = [entry for entry in entries if entry.outcome in ("stored", "quarantined")]
    rows = [{"n": entry.n, "record": id} for entry in kept for id in _named(author, entry)]
    if rows:
        dialect = sqlite if is_sqlite(connection) else postgresql
        connection.execute(dialect.insert(Mention).on_conflict_do_nothing(index_elements=["n", "record"]), rows)


def _named(author: Author, entry: Entry) -> Iterable[str]:
    ids = sorted({found.decode().lower() for found in _UUID.findall(entry.raw)} - {entry.id})[:MOST]
    if entry.head is None:
        ids += [feed.removeprefix(CASE_PREFIX) for feed in author.scope or () if feed.startswith(CASE_PREFIX)]
    return dict.fromkeys(ids)
