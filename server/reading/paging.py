"""A page of a list: some rows, which page this is, how many rows there are in all or whether there are more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

SIZE = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """``rows`` of page ``number`` (from 1) out of ``total`` rows; None where counting them would cost too much."""

    rows: list[T]
    total: int | None
    number: int = 1
    size: int = SIZE
    more: bool = False

    @property
    def last(self) -> int | None:
        """The number of the last page, at least 1."""
        return None if self.total is None else max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        """Whether there is a page after this one."""
        return self.more if self.last is None else self.number < self.last


def offset(number: int, size: int = SIZE) -> int:
    """How many rows come before a page."""
    return (max(number, 1) - 1) * size
