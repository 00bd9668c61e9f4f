"""The stops of a trip in their order: a set in which each stop carries a key that texts sort by, so that tablets and
the office can both insert one without touching the others. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST = 60  # of a key (schemas/records/trip.py)

Stop = Mapping[str, Any]


def in_order(stops: Iterable[Stop]) -> list[Stop]:
    """The stops as they are travelled."""
    return sorted(stops, key=lambda stop: str(stop.get("order", "")))


def numbered(stops: Sequence[Stop]) -> list[dict[str, Any]]:
    """The same stops with keys that sort as they stand. Keys that do so already stay: as few stops as can be are
    changed."""
    keys = [str(stop.get("order") or "") for stop in stops]
    kept = _longest_rise(keys)
    fresh: list[str] = []
    for place in range(len(keys)):
        low = fresh[-1] if fresh else ""
        high = next((keys[later] for later in range(place, len(keys)) if later in kept), None)
        fresh.append(keys[place] if place in kept else between(low, high))
    if not _is_rising(fresh):
        fresh = [f"{number:04d}i" for number in range(1, len(keys) + 1)]
    return [{**stop, "order": key} for stop, key in zip(stops, fresh, strict=True)]


def between(low: str, high: str | None) -> str:
    """A key after `low` and before `high` (None: the end), for keys of these signs."""
    key = ""
    for place in range(LONGEST):
        first = _sign(low, place, 0)
        last = len(SIGNS) if high is None else _sign(high, place, len(SIGNS))
        if last - first > 1:
            return key + SIGNS[(first + last) // 2]
        key += SIGNS[first]
        high = None if last > first else high
    return key


def _sign(key: str, place: int, otherwise: int) -> int:
    return max(SIGNS.find(key[place]), 0) if place < len(key) else otherwise


def _is_rising(keys: Sequence[str]) -> bool:
    return all(key and len(key) <= LONGEST for key in keys) and all(a < b for a, b in pairwise(keys))


def _longest_rise(keys: Sequence[str]) -> set[int]:
    """The places of a longest rising subsequence of the keys that there are (Fredman 1975)."""
    tails: list[str] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place, key in enumerate(keys):
        if not key:
            continue
        at = bisect_left(tails, key)
        tails[at : at + 1], ends[at : at + 1] = [key], [place]
        before[place] = ends[at - 1] if at else None
    found: set[int] = set()
    place_or_none = ends[-1] if ends else None
    while place_or_none is not None:
        found.add(place_or_none)
        place_or_none = before[place_or_none]
    return found


def difference(before: Iterable[Stop], after: Iterable[Stop]) -> dict[str, dict[str, list[Stop]]]:
    """What an op says to get from one set of stops to another: {add: {stops: …}, remove: {stops: …}}."""
    old, new = list(before), list(after)
    added = [stop for stop in new if stop not in old]
    removed = [stop for stop in old if stop not in new]
    said = {"add": added, "remove": removed}
    return {part: {"stops": stops} for part, stops in said.items() if stops}
