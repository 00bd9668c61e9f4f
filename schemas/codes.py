"""Code lists: values that a region may change, with labels and validity dates.

The defaults are in schemas/lists.py; a region's own values and labels lie over them (`use`). A list's value is never
removed, only dated out with `to`: ops written before then still carry it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from schemas.lists import DEFAULTS

Entry = dict[str, Any]
"""`{"value", "label": {"ru", "en"}, "from", "to"}`, dates ISO or None."""

Lists = Mapping[str, list[Entry]]


def code_list(values: Iterable[tuple[str, str, str]], since: str | None = None) -> list[Entry]:
    """A code list as it is on the wire, from (value, Russian, English)."""
    dates = {"from": since, "to": None}
    return [{"value": value, "label": {"ru": ru, "en": en}} | dates for value, ru, en in values]


CODES: Lists = {name: code_list(values, since) for name, (since, values) in DEFAULTS.items()}
"""The lists as they are delivered."""

_IN_FORCE: ContextVar[Lists] = ContextVar("code_lists", default=CODES)
_READ_BACK: ContextVar[bool] = ContextVar("read_back", default=False)


def lists() -> Lists:
    """The lists in force: the defaults, with what the region says laid over them."""
    return _IN_FORCE.get()


def use(own: Lists) -> None:
    """From now on these lists are in force, in this thread or request."""
    _IN_FORCE.set(own)


def with_defaults(own: Lists) -> Lists:
    """A region's own entries (list → entries) over the defaults: one of a known value takes its place, others
    follow."""
    return CODES if not own else {name: _laid_over(each, own.get(name, ())) for name, each in CODES.items()}


def _laid_over(defaults: Iterable[Entry], own: Iterable[Entry]) -> list[Entry]:
    return list(({entry["value"]: entry for entry in defaults} | {entry["value"]: entry for entry in own}).values())


def values_of(name: str) -> Iterator[str]:
    """The values of the code list `name`, valid today or not; none if there is no such list."""
    return (entry["value"] for entry in lists().get(name, ()))


def holds(name: str, value: str) -> bool:
    """Whether a value may be written: it is in the list; while ops are read back, it was when they came."""
    return value in values_of(name) or _READ_BACK.get()


@contextmanager
def read_back() -> Iterator[None]:
    """While ops are read that were accepted before: a list may have lost a value since, they do not."""
    token = _READ_BACK.set(True)
    try:
        yield
    finally:
        _READ_BACK.reset(token)
