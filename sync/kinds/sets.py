"""`set`: add wins. A removal takes away the adds that its author had seen; an element shows while one stands.

Each element is a frontier of its own, of adds; a removal goes over it and leaves nothing. That a new add replaces
those it has seen changes nothing: whoever removes it has, transitively, seen those too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.kinds import FieldRule
from sync.kinds import frontier
from sync.state import Frontier, Past, SetCell
from sync.values import key
from sync.versions import Op, Version

Change = tuple[Sequence[Any], Sequence[Any]]
"""What an op adds to a set or log, and what it removes from the set."""


def first(op: Op, change: Change, rule: FieldRule) -> list[Any] | None:
    """The elements by key. A removal must be remembered, in case its add comes late, and takes a cell."""
    adds, removes = change
    if removes:
        return None
    return [value for _, value in sorted(by_key(adds, rule).items())] if len(adds) > 1 else [*adds] or None


def update(past: Past, op: Op, version: Version, change: Change, rule: FieldRule) -> tuple[SetCell | None, Any]:
    """Adds and removes. What one op does both to, it adds. The elements show in the order of their first adds."""
    shown, added, removed = (by_key(values or (), rule) for values in (past.shown, *change))
    elements = touched(past, version, shown, added, removed)
    standing = sorted(placed(elements, shown, past.main))
    return SetCell(elements) if elements else None, [value for *_, value in standing] or None


def placed(elements: Mapping[str, Frontier], shown: Mapping[str, Any], main: Version) -> list[tuple[Any, str, Any]]:
    """The elements that show: the version order of their first adds, their keys, their values."""
    standing = [(main.order, name, value) for name, value in shown.items() if name not in elements]
    for name, element in elements.items():
        standing += [(adder.order, name, value) for adder, value in element.candidates[:1]]
    return standing


def touched(
    past: Past, version: Version, shown: Mapping[str, Any], added: Mapping[str, Any], removed: Iterable[str]
) -> dict[str, Frontier]:
    """The elements' frontiers after the op. What shows without one was added by the main version alone."""
    elements: dict[str, Frontier] = dict(past.cell.elements) if past.cell else {}

    def before(name: str) -> Past:
        return Past(elements.get(name), shown.get(name), past.main)

    for name, value in added.items():
        elements[name] = frontier.written(before(name), version, value)
    for name in removed:
        if name not in added:
            elements[name] = frontier.passed(frontier.of(before(name)), version)
    return elements


def by_key(values: Sequence[Any], rule: FieldRule) -> dict[str, Any]:
    """The values by key; of equal ones, the first."""
    return {key(value, rule): value for value in reversed(values)}
