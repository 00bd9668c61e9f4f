"""Steps of a scenario, named as the people who live it would: a failure says in which one it happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(name: str) -> Iterator[None]:
    """One step; its name stands beside what failed in it."""
    try:
        yield
    except Exception as error:
        error.add_note(f"Шаг: {name}")
        raise
