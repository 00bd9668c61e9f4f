"""Records of any type, by its schema alone: a new type is listed and shown without new code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, literal, select, union_all

from schemas import registry
from schemas.base import RecordType
from server import epoch, projections, register, shapes
from server.db import reading
from server.models import Record
from server.reading import joint
from server.reading.joint import Part
from server.reading.names import named
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.reading.words import Words
from server.register import Stored

COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """One record, the records that belong to it (type → records), and words that know every name on the page.

    ``stage``: of its review, if it is signed (server/standing.py). ``joint``: all the records of one visit, if several
    people came together, else []. ``epoch``: the present one.
    """

    record: Stored
    parts: dict[str, list[Stored]]
    words: Words
    stage: str | None
    joint: list[Part]
    epoch: str


def counts(reach: Reach) -> dict[str, int]:
    """Type → how many living records of it there are, for who sees every territory."""
    numbers = [
        select(literal(name).label("type"), func.count().label("number")).where(reach.shows(table.c.record))
        for name in registry.types()
        if (table := projections.table(name)) is not None
    ]
    with reading() as connection:
        return {row.type: row.number for row in connection.execute(union_all(*numbers))}


def columns(schema: RecordType) -> list[str]:
    """The fields that a list shows beside a record's name: its day, then those that it is looked up by."""
    looked_up = [name for name, field in schema.fields.items() if field.indexed]
    wanted = dict.fromkeys([*filter(None, [schema.date_field]), *looked_up])
    return [name for name in wanted if name not in schema.display][:COLUMNS]


def listed(type_name: str, reach: Reach, words: Words, number: int = 1) -> tuple[Page[Stored], Words]:
    """A page of a type's records, newest first (their ids sort by time), and words that know the names in it."""
    query = select(Record.__table__).where(Record.type == type_name, Record.deleted.is_(False), reach.has(Record.id))
    with reading() as connection:
        rows = connection.execute(query.order_by(Record.id.desc()).limit(SIZE + 1).offset(offset(number)))
        found = [register.stored(row) for row in rows]
        page = Page(found[:SIZE], None, number, more=len(found) > SIZE)
        return page, named(words, page.rows, connection)


def shown(type_name: str, record: str, reach: Reach, words: Words) -> Shown | None:
    """One record with its parts; None where there is none of this type within reach."""
    with reading() as connection:
        found = register.fetch([record], connection).get(record)
        if found is None or found.type != type_name or not reach.sees(record, connection):
            return None
        if found.deleted and not _homes(found) <= reach.seen(_homes(found), connection):
            return None  # it moved nowhere when what it belongs to did
        parts = parts_of(found, reach, connection)
        together = joint.of_visit(record, connection) if type_name == "visit" and not found.deleted else []
        together = together if len(together) > 1 else []
        every = [found, *(each.visit for each in together), *(part for each in parts.values() for part in each)]
        stage = _stage(found, connection)
        return Shown(found, parts, named(words, every, connection), stage, together, epoch.of(connection))


def several(type_name: str, ids: Iterable[str], reach: Reach) -> dict[str, Stored]:
    """Those of these records that are of the type, living and within reach."""
    with reading() as connection:
        found = register.fetch(reach.seen(ids, connection), connection)
    return {id: each for id, each in found.items() if each.type == type_name and not each.deleted}


def _stage(record: Stored, connection: Connection) -> str | None:
    if shapes.of(record.type).signing is None:
        return None
    table = projections.table(record.type).c
    return connection.scalar(select(table.stage).where(table.record == record.id))


def _homes(record: Stored) -> set[str]:
    """The ids of the records that decide where it sits."""
    return {id for field in shapes.of(record.type).links if (id := record.fields.get(field))}


def attached_to(owner: str, ids: Iterable[str], reach: Reach, connection: Connection) -> dict[str, list[Stored]]:
    """Type → the records within reach that rest on one of these records of type ``owner``, the newest first, in
    bulk."""
    wanted, found = sorted(ids), set[str]()
    for name, shape in shapes.all_shapes().items():
        for field in shape.links if wanted else ():
            if shape.refs[field] == owner:
                table = projections.table(name).c
                query = select(table.record).where(table[field].in_(wanted)).order_by(table.record.desc())
                found.update(connection.scalars(query.limit(SIZE)))
    parts: dict[str, list[Stored]] = {}
    for _id, each in sorted(register.fetch(reach.seen(found, connection), connection).items(), reverse=True):
        parts.setdefault(each.type, []).append(each)
    return parts


def parts_of(record: Stored, reach: Reach, connection: Connection) -> dict[str, list[Stored]]:
    """The records that rest on this one (a visit's parts, a family's memberships), the newest of each type."""
    parts: dict[str, list[Stored]] = {}
    for name, shape in shapes.all_shapes().items():
        for field in shape.links:
            if shape.refs[field] == record.type:
                table = projections.table(name)
                query = select(table.c.record).where(table.c[field] == record.id)
                ids = list(connection.scalars(query.order_by(table.c.record.desc()).limit(SIZE)))
                found = register.fetch(reach.seen(ids, connection), connection)
                parts[name] = [found[id] for id in ids if id in found]
    return {name: each for name, each in parts.items() if each}
