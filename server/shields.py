"""Shields: records that sit apart in a feed of their own, `case:ID`, which only those read who are named for them.

A shielded family and all that belongs to it leave their territory's feed for that one (placement.py), so every reader
of feeds is right by itself: other tablets get one `gone` and then nothing, digests and scopes do not know of them.
People of the office are held to the same feeds (reading/reach.py). Here is who is named, in step with the records' own
fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from server import projections
from server.bulk import among
from server.db import reading
from server.models import Device, Feed, Placement, Shield, User
from server.placement import CASE_PREFIX, case_of, is_apart, is_case, may_sit_apart
from server.register import Held, Register, Stored

NAMING = ("shield_devices", "shield_people")
ADOPTION = "adoption"


def settle(connection: Connection, register: Register) -> None:
    """Brings the names in step with the records that this transaction changed."""
    for held in register.dirty:
        if not may_sit_apart(held.shape.feed):
            continue
        before = _subjects(held, held.before.fields if held.before else {})
        named = _subjects(held, held.fields)
        if named != before:
            connection.execute(delete(Shield).where(Shield.record == held.id))
            rows = [{"record": held.id, "subject": subject} for subject in sorted(named)]
            if rows:
                connection.execute(insert(Shield), rows)


def _subjects(held: Held, fields: dict[str, Any]) -> set[str]:
    if not fields or not is_apart(held.type, fields):
        return set()
    return {subject for name in NAMING for subject in fields.get(name) or ()}


def change(family: Stored, reason: str | None, devices: set[str], people: set[str]) -> dict[str, Any]:
    """The parts of an op that shields a family for a reason with these named, or lifts its shield (None)."""
    if reason is None:
        devices, people = set(), set()
    parts: dict[str, Any] = {"set": {"shielded": reason is not None, "shield_reason": reason}, "add": {}, "remove": {}}
    for name, wanted in zip(NAMING, (devices, people), strict=True):
        present = set(family.fields.get(name) or ())
        parts["add"] |= {name: sorted(wanted - present)} if wanted - present else {}
        parts["remove"] |= {name: sorted(present - wanted)} if present - wanted else {}
    return parts


def feeds_of(subject: str) -> frozenset[str]:
    """The feeds for which a device or a person is named."""
    with reading() as connection:
        found = connection.scalars(select(Shield.record).where(Shield.subject == subject))
        return frozenset(map(case_of, found))


def hidden_from(scope: frozenset[str] | None, records: Iterable[str], connection: Connection) -> set[str]:
    """Those of these records that sit apart, out of a scope's reach."""
    placed = Placement.__table__.c
    query = select(placed.record, placed.feed).where(placed.gone.is_(False), among(placed.record, sorted(set(records))))
    rows = list(connection.execute(query))
    apart = {row.record for row in rows if is_case(row.feed)}
    return apart - {row.record for row in rows if scope is None or row.feed in scope}


def names(subjects: Iterable[str], connection: Connection) -> dict[str, str]:
    """What the tablets and people among these are called."""
    wanted = sorted(set(subjects))
    found = [*connection.execute(select(Device.id, Device.name).where(Device.id.in_(wanted)))]
    found += connection.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in found}


def all_feeds(connection: Connection) -> frozenset[str]:
    """The feed of every record that sits, or sat, apart."""
    return frozenset(connection.scalars(select(Feed.id).where(Feed.id.startswith(CASE_PREFIX))))


def behind_adoption(records: Iterable[str], connection: Connection) -> set[str]:
    """Those of these records that belong to a family shielded for the secrecy of adoption: nothing may connect them
    with any other (СК РФ, ст. 139)."""
    wanted = sorted(set(records))
    if not wanted:
        return set()
    family = projections.table("family").c
    adoptive = select(family.record).where(family.shield_reason == ADOPTION, family.shielded.is_(True))
    return set(connection.scalars(_apart_with(connection.scalars(adoptive)).where(Placement.record.in_(wanted))))


def turned_adoptive(connection: Connection, register: Register) -> set[str]:
    """The records that sit apart with a family whose shield in this transaction began, or ended, to keep the secrecy of
    adoption: another reason moves nothing."""
    changed = [
        held
        for held in register.dirty
        if held.type == "family" and held.before and _is_adoptive(held.fields) != _is_adoptive(held.before.fields)
    ]
    return set(connection.scalars(_apart_with(held.id for held in changed))) if changed else set()


def _apart_with(families: Iterable[str]) -> Select[Any]:
    """The records that sit apart with these families."""
    return select(Placement.record).where(Placement.gone.is_(False), Placement.feed.in_(map(case_of, families)))


def _is_adoptive(fields: Mapping[str, Any]) -> bool:
    return bool(fields.get("shielded")) and fields.get("shield_reason") == ADOPTION
