"""`log`: every entry stays, in version order; nothing removes one."""

from __future__ import annotations

from typing import Any

from schemas.kinds import FieldRule
from sync.kinds.sets import Change
from sync.state import LogCell, Past
from sync.versions import Op, Version

Entry = dict[str, Any]
Placed = tuple[Entry, tuple[str, int]]


def first(op: Op, change: Change, rule: FieldRule) -> list[Entry] | None:
    """The entries of one op, as they are pulled."""
    values, _ = change
    return [{"op": op.op, "i": i, "at": op.at, "by": op.by, "value": value} for i, value in enumerate(values)] or None


def append(past: Past, op: Op, version: Version, change: Change, rule: FieldRule) -> tuple[LogCell | None, Any]:
    """The op's entries take their places among the others."""
    added = [(entry, (op.device, op.seq)) for entry in first(op, change, rule) or ()]
    every = sorted([*placed(past), *added], key=place)
    cell = LogCell(tuple(writer for _, writer in every))
    return cell if every else None, [entry for entry, _ in every] or None


def placed(past: Past) -> list[Placed]:
    """The entries that the field shows, each with its writer."""
    shown = past.shown or []
    writers = past.cell.writers if past.cell else [(past.main.device, past.main.seq)] * len(shown)
    return list(zip(shown, writers, strict=True))


def place(placed: Placed) -> tuple[Any, ...]:
    """Version order, then the order within the op."""
    entry, writer = placed
    return entry["at"], *writer, entry["op"], entry["i"]
