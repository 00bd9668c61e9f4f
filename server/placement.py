"""Which feeds a record sits in: decided from its merged fields, carried on to everything that belongs to it.

A family sits in its territory's feed, a visit where its family sits, a person where the families are whose
memberships name it. When a family moves, what belongs to it moves along, without a new rev. A shielded family moves
into a feed of its own, which nobody reads but who is named for it (shields.py). Types are settled in order of depth:
what others rest on first, so that one pass is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache, singledispatch
from typing import Any, TypeGuard

from sqlalchemy import Connection, select

from schemas import registry
from schemas.placement import (
    CASE_PREFIX,
    REFERENCE,
    Apart,
    Carried,
    FeedRule,
    InTeam,
    InTerritory,
    Reference,
    WithParent,
)
from server import projections, shapes
from server.bulk import among
from server.register import Held, Register


def settle(register: Register) -> list[Held]:
    """Gives every record that this transaction changed its feeds, and those that move with it. Returns what moved."""
    todo: dict[int, dict[str, None]] = defaultdict(dict)
    for held in register.dirty:
        todo[depth(held.type)][held.id] = None
    for level in range(max(_depths(registry.digest()).values()) + 1):
        _settle_level(register, list(todo[level]), todo)
    return [held for held in register.held.values() if held.feeds != held.feeds_before]


def _settle_level(register: Register, ids: list[str], todo: dict[int, dict[str, None]]) -> None:
    register.load(ids)
    here = [register.held[id] for id in ids if id in register.held]
    _load_what_they_rest_on(register, here)
    for held in here:
        held.feeds = feeds_of(held, register)
    moved = [held for held in here if held.feeds != held.feeds_before]
    for id, type_name in _children(register.connection, moved):
        todo[depth(type_name)][id] = None
    for id, type_name in _carried(here):
        todo[depth(type_name)][id] = None


def depth(type_name: str) -> int:
    """0 for what rests on nothing; one more than what it rests on for the others."""
    return _depths(registry.digest())[type_name]


@lru_cache(maxsize=4)
def _depths(_digest: str) -> dict[str, int]:
    return {name: _depth(name) for name in shapes.all_shapes()}


def _depth(type_name: str) -> int:
    rule = shapes.of(type_name).feed
    if isinstance(rule, WithParent):
        return 1 + max(_depth(shapes.of(type_name).refs[field]) for field in rule.fields)
    if isinstance(rule, Carried):
        return 1 + max((_depth(carrier) for carrier, _ in carriers(type_name)), default=0)
    return 0


def carriers(type_name: str) -> list[tuple[str, str]]:
    """The (type, field) pairs that carry records of a type into feeds, e.g. ("membership", "person")."""
    return [
        (name, field)
        for name, declared in registry.types().items()
        for field in declared.carries
        if shapes.of(name).refs[field] == type_name
    ]


def feeds_of(held: Held, register: Register) -> frozenset[str]:
    """The feeds of a record by its type's rule; until that says anything, the feed its op named.

    A disputed territory moves nothing, and a deleted record stays where its tombstone can be read.
    """
    rule = held.shape.feed
    if held.deleted and held.feeds_before:
        return held.feeds_before
    if _sits_apart(rule, held.fields):
        return frozenset([case_of(held.id)])
    disputed = isinstance(rule, InTerritory) and rule.field in held.disputed
    if disputed and held.feeds_before and not any(map(is_case, held.feeds_before)):
        return held.feeds_before
    return _by_rule(rule, held, register) or _named(held)


def is_apart(type_name: str, fields: Mapping[str, Any]) -> bool:
    """Whether a record with these fields sits in a feed of its own."""
    return _sits_apart(shapes.of(type_name).feed, fields)


def _sits_apart(rule: FeedRule, fields: Mapping[str, Any]) -> bool:
    return may_sit_apart(rule) and (isinstance(rule, Apart) or bool(fields.get(rule.shield or "")))


def may_sit_apart(rule: FeedRule) -> TypeGuard[Apart | InTerritory]:
    """Whether any record of this rule sits in a feed of its own."""
    return isinstance(rule, Apart | InTerritory)


def case_of(record: str) -> str:
    """The feed of a record that sits apart."""
    return f"{CASE_PREFIX}{record}"


def is_case(feed: str) -> bool:
    """Whether a feed is that of a record that sits apart."""
    return feed.startswith(CASE_PREFIX)


def _named(held: Held) -> frozenset[str]:
    feed = held.record.feed if held.record else None
    return frozenset([feed]) if feed else frozenset()


@singledispatch
def _by_rule(rule: object, held: Held, register: Register) -> frozenset[str]:
    raise TypeError(f"no placement for {rule!r}")


@_by_rule.register
def _(rule: Reference, held: Held, register: Register) -> frozenset[str]:
    return frozenset([REFERENCE])


@_by_rule.register
def _(rule: InTerritory, held: Held, register: Register) -> frozenset[str]:
    value = held.fields.get(rule.field)
    return frozenset([value]) if value else frozenset()


@_by_rule.register
def _(rule: InTeam, held: Held, register: Register) -> frozenset[str]:
    value = held.fields.get(rule.field)
    return frozenset([f"team:{value}"]) if value else frozenset()


@_by_rule.register
def _(rule: WithParent, held: Held, register: Register) -> frozenset[str]:
    parent = register.get(held.fields.get(rule.among(held.fields)))
    return parent.feeds if parent else frozenset()


@_by_rule.register
def _(rule: Carried, held: Held, register: Register) -> frozenset[str]:
    links = register.links.get(held.id, [])
    present = [link for link in links if not registry.types()[link.type].is_past(link.fields)]
    feeds: frozenset[str] = frozenset().union(*(link.feeds for link in present or links))
    return frozenset(filter(is_case, feeds)) or feeds  # who belongs to a shielded family is shielded


def _load_what_they_rest_on(register: Register, here: list[Held]) -> None:
    """Parents, and the records that carry these, so that their feeds are known."""
    parents: set[str] = set()
    for held in here:
        if isinstance(rule := held.shape.feed, WithParent):
            parents.add(held.fields.get(rule.among(held.fields), ""))
    register.load(parents)
    for type_name in {held.type for held in here}:
        if isinstance(shapes.of(type_name).feed, Carried):
            ids = [held.id for held in here if held.type == type_name]
            for carrier, field in carriers(type_name):
                register.load(referrers(register.connection, carrier, field, ids))
            register.links = _links(register, type_name)


def _links(register: Register, type_name: str) -> dict[str, list[Held]]:
    """id → the living records that carry it, among those loaded."""
    fields = dict(carriers(type_name))
    links: dict[str, list[Held]] = defaultdict(list)
    for held in register.held.values():
        if held.type in fields and not held.deleted:
            links[held.fields.get(fields[held.type], "")].append(held)
    return links


def _children(connection: Connection, moved: list[Held]) -> Iterable[tuple[str, str]]:
    """(id, type) of the stored records that sit where one of these sits."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for held in moved:
        by_type[held.type].append(held.id)
    for name, shape in shapes.all_shapes().items():
        for field in shape.feed.fields if isinstance(shape.feed, WithParent) else ():
            if ids := by_type.get(shape.refs[field]):
                yield from ((id, name) for id in referrers(connection, name, field, ids))


def _carried(here: list[Held]) -> Iterable[tuple[str, str]]:
    """(id, type) of what these carry, and carried before this transaction."""
    for held in here:
        for field in held.shape.declared.carries:
            before = held.before.fields.get(field) if held.before else None
            yield from ((id, held.shape.refs[field]) for id in {held.fields.get(field), before} if id)


def referrers(connection: Connection, type_name: str, field: str, ids: list[str]) -> list[str]:
    """Ids of the stored records of a type whose field names one of these ids."""
    table = projections.table(type_name)
    return list(connection.scalars(select(table.c.record).where(among(table.c[field], ids))))
