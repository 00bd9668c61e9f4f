"""What a source has said before: its own ops, read back from the history. So an import writes what is new in the file
and nothing else: repeating it changes nothing, and what people have corrected since is not set back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, select

from server import projections
from server.inbox import chunks
from server.models import Op

MERGED = ("applied", "conflict")


@dataclass(slots=True)
class Said:
    """The values that a source last gave a record; ``rev``, ``epoch``: the record's, then: what it has seen."""

    set: dict[str, Any] = field(default_factory=dict)
    added: dict[str, list[Any]] = field(default_factory=dict)
    rev: int = 0
    epoch: str | None = None

    @property
    def seen(self) -> dict[str, Any]:
        """What its next op has seen: the base and epoch of a change."""
        return {"base": self.rev, "epoch": self.epoch}

    def news(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of these values that differ from what was said last."""
        return {name: value for name, value in values.items() if self.set.get(name) != value}

    def new_elements(self, name: str, values: Iterable[Any]) -> list[Any]:
        """Those that were never said of a set."""
        return [value for value in values if value not in self.added.get(name, ())]

    def and_also(self, values: Mapping[str, Any], name: str, elements: list[Any]) -> Said:
        """The same with what an op says that has seen no more."""
        added = {**self.added, name: [*self.added.get(name, ()), *elements]}
        return Said({**self.set, **values}, added, self.rev, self.epoch)


def of_records(connection: Connection, device: str, records: Iterable[str]) -> dict[str, Said]:
    """Record → what this device has said of it; none for those that it never wrote to."""
    found: dict[str, Said] = {}
    query = select(Op.record, Op.body, Op.rev, Op.epoch).where(Op.device == device, Op.state.in_(MERGED)).order_by(Op.n)
    for part in chunks(sorted(set(records))):
        for row in connection.execute(query.where(Op.record.in_(part), Op.body.is_not(None))):
            _note(said := found.setdefault(row.record, Said()), orjson.loads(row.body))
            said.rev, said.epoch = row.rev, row.epoch
    return found


def _note(said: Said, op: Mapping[str, Any]) -> None:
    said.set |= op.get("set", {})
    for name, values in op.get("remove", {}).items():
        said.added[name] = [each for each in said.added.get(name, ()) if each not in values]
    for name, values in op.get("add", {}).items():
        said.added.setdefault(name, []).extend(values)


def known_by(connection: Connection, system: str, kind: str, numbers: Iterable[str]) -> dict[str, str]:
    """Number in a system → id of our family or person (``kind``)."""
    table = projections.table("external_id").c
    query = select(table.number, table[kind].label("record")).where(table.system == system, table[kind].is_not(None))
    parts = chunks(sorted(set(numbers)))
    rows = (row for part in parts for row in connection.execute(query.where(table.number.in_(part))))
    return {row.number: row.record for row in rows}


def memberships(connection: Connection, people: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Person → (id of the membership, family)."""
    link = projections.table("membership").c
    found: dict[str, list[tuple[str, str]]] = {}
    for part in chunks(sorted(set(people))):
        for row in connection.execute(select(link.record, link.person, link.family).where(link.person.in_(part))):
            found.setdefault(row.person, []).append((row.record, row.family))
    return found
