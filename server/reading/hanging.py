"""Which records hang on a family: those that sit with it, with who belongs to it today, with its visits and
memberships; deleted ones too, for who deleted what is part of the story.

A person of two families brings along what is the person's own, not what names the other family.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Select, literal, select, union_all

from schemas.placement import WithParent
from server import homes, projections, shapes
from server.bulk import among
from server.models import Record


def hanging(family: str, people: Iterable[str], connection: Connection) -> dict[str, str]:
    """Id → type of the family, these people and all that hangs on them; a fixed number of queries, each by an
    index."""
    first = {family: "family", **dict.fromkeys(people, "person")}
    second = first | _resting(first, connection)
    return second | _resting({id: name for id, name in second.items() if id not in first}, connection)


def _resting(on: Mapping[str, str], connection: Connection) -> dict[str, str]:
    """Id → type of the records that sit with these (id → type), living or deleted."""
    owners: dict[str, list[str]] = {}
    for id, name in sorted(on.items()):
        owners.setdefault(name, []).append(id)
    living = list(_living(owners))
    found = {row.record: row.type for row in connection.execute(union_all(*living))} if living else {}
    deleted = select(Record.type, Record.id).where(homes.IS_DELETED, among(homes.home(), sorted(on)))
    return found | {row.id: row.type for row in connection.execute(deleted)}


def _living(owners: Mapping[str, list[str]]) -> Iterator[Select[Any]]:
    """For each type and link: those whose first link that is filled names one of these owners."""
    for name, shape in shapes.all_shapes().items():
        links = shape.feed.fields if isinstance(shape.feed, WithParent) else ()
        for at, field in enumerate(links):
            if ids := owners.get(shape.refs[field]):
                table = projections.table(name).c
                earlier = [table[link].is_(None) for link in links[:at]]
                query = select(literal(name).label("type"), table.record)
                yield query.where(among(table[field], ids), *earlier)
