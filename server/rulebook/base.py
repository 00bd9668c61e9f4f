"""What a rule across records is, and what it sees.

A rule names *keys*: what records share that it compares (a family, a child, a day). For the records that a batch
changed the keys are asked for, locked, and *judged* on what is stored by then: who comes second sees the first. All
that a rule finds about a key is found anew each time, so an entry closes when it is found no longer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from sqlalchemy import Connection, Row, select

from server import projections, register
from server.bulk import among
from server.register import Held, Register, Stored

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """A matter for people. ``record``: the one that it is about, in whose district it is decided; ``part`` tells apart
    several of one kind about one record; ``detail`` names the others (``records``) and what people need to know."""

    kind: str
    record: str
    field: str | None = None
    detail: Mapping[str, Any] = made(default_factory=dict)
    part: str = ""

    @property
    def key(self) -> str:
        """The entry's key: made of what the matter is, not of how it came about."""
        return ":".join(filter(None, (self.kind, self.record, self.part)))


@dataclass(slots=True)
class Judged:
    """What a rule says about some keys. ``looked_at``: the records that entries of its kind may be about: those that
    are not found are closed."""

    looked_at: set[str] = made(default_factory=set)
    findings: list[Finding] = made(default_factory=list)


@dataclass(frozen=True, slots=True)
class View:
    """What rules see: the records of a transaction, what is stored, and the day. ``today``: ISO, local."""

    connection: Connection
    register: Register
    today: str
    now: int

    def rows(self, type_name: str, column: str, values: Iterable[str], *names: str) -> list[Row[Any]]:
        """The projected columns (``record`` always) of the living records that have one of these values."""
        table = projections.table(type_name).c
        query = select(table.record, *(table[name] for name in names if name != "record"))
        return list(self.connection.execute(query.where(among(table[column], sorted(set(values))))))

    def records(self, ids: Iterable[str]) -> dict[str, Stored]:
        """Records by id, as they are by now."""
        return register.fetch(ids, self.connection)


@dataclass(frozen=True, slots=True)
class Rule:
    """``types``: whose records it reads (None: all). ``keys``: what changed records share with others. ``due``: the
    keys that the passing of days makes a matter since a day (ISO), where days count."""

    kind: str
    types: frozenset[str] | None
    keys: Callable[[View, Sequence[Held]], set[str]]
    judge: Callable[[View, set[str]], Judged]
    due: Callable[[View, str], set[str]] | None = None


def versions(held: Held) -> Iterable[Fields]:
    """What a record says and what it said before this transaction; nothing while it is deleted."""
    if held.before is not None and not held.deleted_before:
        yield held.before.fields
    if not held.deleted:
        yield held.fields


def values(changed: Iterable[Held], type_name: str, *names: str) -> set[str]:
    """The values that these fields have and had in the changed records of a type."""
    of_type = (held for held in changed if held.type == type_name)
    return {fields[name] for held in of_type for fields in versions(held) for name in names if fields.get(name)}


def grouped(rows: Iterable[Row[Any]], *names: str) -> dict[tuple[Any, ...], list[Row[Any]]]:
    """Rows by the values of some columns, each group in the order of its record ids."""
    groups: dict[tuple[Any, ...], list[Row[Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.record):
        groups[tuple(getattr(row, name) for name in names)].append(row)
    return groups
