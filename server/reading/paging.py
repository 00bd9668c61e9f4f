"""A page of a list: some rows, how many there are in all, and which page this is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

SIZE = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """``rows`` of page ``number`` (from 1) out of ``total`` rows."""

    rows: list[T]
    total: int
    number: int = 1
    size: int = SIZE

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        """The number, from 1, of this page's first row."""
        return (self.number - 1) * self.size + 1


def offset(number: int, size: int = SIZE) -> int:
    """How many rows come before a page."""
    return (max(number, 1) - 1) * size
