"""Reading what was asked for in an address or a form: tolerant, because people edit addresses and keep bookmarks."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from flask import request

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
"""Other days are in no record, and what is counted from them may be no day at all."""
MOST_PAGES = 1_000_000


def day(name: str, default: date) -> date:
    """An ISO date, or the default for what is none."""
    return _day(request.values.get(name, ""), default)


def month(name: str, default: date) -> date:
    """The first day of a month asked for (YYYY-MM), or the default for what is none."""
    return _day(f"{request.values.get(name, '')}-01", default)


def _day(text: str, default: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return default
    return found if FIRST <= found <= LAST else default


def page_number() -> int:
    """The page asked for, from 1."""
    return min(max(1, request.args.get("page", 1, type=int)), MOST_PAGES)


def choice(name: str) -> str | None:
    """A chosen value, None for «any»."""
    return request.values.get(name) or None


def one_of(name: str, values: Container[str]) -> str | None:
    """A chosen value out of these, None for «any» and for nonsense."""
    chosen = choice(name)
    return chosen if chosen in values else None


def words(name: str, most: int = 100) -> str:
    """Words to search for."""
    return request.args.get(name, "").strip()[:most]


def own_path(path: str) -> str:
    """Only a path of our own: never a way to another host."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
