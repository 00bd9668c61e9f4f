"""Columns of projections that no field of a record tells alone: at what stage of its review a signed record is, which
visit stands for a joint one, the level of a risk assessment, when a member left a family. Filled in the transaction
that changes the records, and anew after a rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, Select, null, select, update

import sync
from schemas.records.risk_assessment import LEVELS, level
from server import projections, shapes
from server.inbox import chunks
from server.models import Record
from server.register import Held
from server.rulebook import joint

STAGE, LEVEL = "stage", "level"
RISK = "risk_assessment"
MEMBERSHIP, LEFT = "membership", "left_on"
ACCEPTED, RETURNED, SUBMITTED = "accepted", "returned", "submitted"


def stage(record: sync.Record, review: str) -> str | None:
    """Where a signed record stands: submitted (the office looks at it), returned (its author mends it), accepted, or
    None: it is being written. ``review``: the office's field.

    A signature that had seen the return submits the record again, whether its author said so or not.
    """
    said = record.fields.get(review)
    if said == ACCEPTED or not (said or record.marks):
        return said
    return SUBMITTED if sync.is_signed(record) else said


def write(connection: Connection, dirty: Iterable[Held]) -> None:
    """Brings the stage of signed records in step."""
    for held in dirty:
        signing = held.shape.signing
        if signing and held.record and not held.deleted:
            now = stage(held.record, signing.review)
            before = stage(held.before, signing.review) if held.before and not held.deleted_before else None
            if now != before:
                _keep(connection, held.type, STAGE, held.id, now)
        if held.type == RISK and not held.deleted:
            _keep(connection, RISK, LEVEL, held.id, _level(held.fields))
        if held.type == MEMBERSHIP and not held.deleted:
            before = _left(held.before.fields) if held.before and not held.deleted_before else None
            if (now := _left(held.fields)) != before:
                _keep(connection, MEMBERSHIP, LEFT, held.id, now)


def _keep(connection: Connection, type_name: str, column: str, id: str, value: str | None) -> None:
    table = projections.table(type_name)
    connection.execute(update(table).where(table.c.record == id).values({column: value or null()}))


def _level(fields: Mapping[str, Any]) -> str | None:
    """Of LEVELS; None without answers."""
    place = level(fields)
    return None if place is None else LEVELS[place]


def _left(fields: Mapping[str, Any]) -> str | None:
    """The last day in the family; None for who is in it with no end."""
    ends = [period.get("to") for period in fields.get("periods") or ()]
    return max(ends) if ends and all(ends) else None


def refill(connection: Connection) -> None:
    """All of them anew."""
    for name, shape in shapes.all_shapes().items():
        if shape.signing:
            _refill_stage(connection, name, shape.signing)
    _refill_level(connection)
    _refill_left(connection)
    joint.refill(connection)


def _refill_stage(connection: Connection, type_name: str, signing: sync.Signing) -> None:
    table = projections.table(type_name).c
    touched = select(table.record).where(table[signing.signature].is_not(None) | table[signing.review].is_not(None))
    for part in chunks(list(connection.scalars(touched))):
        for row in connection.execute(select(Record.id, Record.body, Record.state).where(Record.id.in_(part))):
            record = sync.from_state(orjson.loads(row.body)["fields"], orjson.loads(row.state))
            _keep(connection, type_name, STAGE, row.id, stage(record, signing.review))


def _refill_level(connection: Connection) -> None:
    for id, fields in _fields_of(connection, select(projections.table(RISK).c.record)):
        _keep(connection, RISK, LEVEL, id, _level(fields))


def _refill_left(connection: Connection) -> None:
    """Only the memberships with an end in them are looked at."""
    has_end = Record.body.contains('"to":"')
    ended = select(Record.id).where(Record.type == MEMBERSHIP, Record.deleted.is_(False), has_end)
    for id, fields in _fields_of(connection, ended):
        _keep(connection, MEMBERSHIP, LEFT, id, _left(fields))


def _fields_of(connection: Connection, records: Select[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each of these records with what its fields show."""
    for part in chunks(list(connection.scalars(records))):
        for row in connection.execute(select(Record.id, Record.body).where(Record.id.in_(part))):
            yield row.id, orjson.loads(row.body)["fields"]
