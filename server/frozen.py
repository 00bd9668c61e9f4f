"""How a figure that was told is kept beside what it was counted of: its list as ids, and the territories among which it
was counted (None: all there are)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from typing import Protocol, TypeVar
from uuid import UUID

ID_BYTES = 16


class Counted(Protocol):
    """What was counted among territories."""

    @property
    def territories(self) -> frozenset[str] | None: ...


Told = TypeVar("Told", bound=Counted)


def packed(ids: Iterable[str]) -> bytes:
    """A list of ids as it is kept: 16 bytes each."""
    return b"".join(UUID(id).bytes for id in ids)


def unpacked(kept: bytes) -> list[str]:
    """The same as ids."""
    return [str(UUID(bytes=kept[at : at + ID_BYTES])) for at in range(0, len(kept), ID_BYTES)]


def written(territories: frozenset[str] | None) -> str:
    """Territories as JSON, the same text for the same ones."""
    return json.dumps(None if territories is None else sorted(territories))


def read(text: str) -> frozenset[str] | None:
    """The same as a set."""
    among = json.loads(text)
    return None if among is None else frozenset(among)


def within(told: Iterable[Told], territories: frozenset[str] | None, most: int) -> list[Told]:
    """The first of these that were counted among these territories alone (None: all there are)."""
    return list(islice((each for each in told if holds(territories, each.territories)), most))


def holds(these: frozenset[str] | None, others: frozenset[str] | None) -> bool:
    """Whether all of the others are among these."""
    return these is None or (others is not None and others <= these)
