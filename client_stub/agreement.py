"""Proof of agreement: the digests of what the tablet holds, which the server compares with the feeds' own.

They are sent when the last pull reached the head of the scope, for only then must both sides be equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from client_stub.store import Store
from schemas.digest import record_digest

Digests = dict[str, dict[str, str]]


def digests(store: Store) -> Digests:
    """Feed → type → hex of the sum modulo 2**256 over the records held; {} while a pull is under way.

    Every feed of the scope is named, so that one of which the tablet has lost everything shows too.
    """
    if not store["standing"]:
        return {}
    sums: dict[str, dict[str, int]] = {feed: defaultdict(int) for feed in store["scope"] or ()}
    for id, type, rev, feeds in store.db.execute("SELECT id, type, rev, feeds FROM server").fetchall():
        for feed in sums.keys() & set(orjson.loads(feeds)):
            sums[feed][type] += record_digest(id, rev)
    return {feed: {type: f"{value % 2**256:064x}" for type, value in each.items()} for feed, each in sums.items()}


def is_rewound(store: Store, changes: Iterable[Mapping[str, Any]]) -> bool:
    """Whether an answer repeats what the tablet holds: the server has found a difference and sends a feed again."""
    return any(_is_held(store, change) for change in changes)


def _is_held(store: Store, change: Mapping[str, Any]) -> bool:
    held = store.record(change["id"])
    if held is None or change.get("gone") or held["epoch"] != store["epoch"]:
        return False
    return all(held[key] == change.get(key, held[key]) for key in ("rev", "feeds", "fields", "disputed", "incomplete"))
