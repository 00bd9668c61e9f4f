"""Which records a kept op names: so that a quarantined or stored op is no way to learn of what sits apart
(shields.py)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from server import bulk
from server.authors import Author
from server.inbox import Entry
from server.models import Mention
from server.placement import CASE_PREFIX, is_case

KEY = ("n", "record")
MOST = 500
_UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def keep(connection: Connection, author: Author, entries: Sequence[Entry]) -> None:
    """Notes what the ops name that wait for somebody. What nobody can read counts as naming all that its tablet is
    named for."""
    kept = [entry for entry in entries if entry.outcome in ("stored", "quarantined")]
    rows = [(entry.n, id) for entry in kept for id in _named(author, entry)]
    bulk.insert_new(connection, Mention.__table__, KEY, rows, keys=KEY)


def _named(author: Author, entry: Entry) -> Iterable[str]:
    ids = sorted({found.decode().lower() for found in _UUID.findall(entry.raw)} - {entry.id})[:MOST]
    if entry.head is None:
        ids += [feed.removeprefix(CASE_PREFIX) for feed in author.scope or () if is_case(feed)]
    return dict.fromkeys(ids)
