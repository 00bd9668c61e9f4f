"""What makes a declaration of a record type unworkable: found at discovery, not on a tablet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from schemas.codes import CODES
from schemas.fields import Code, Date, Field, Int, Num, Ref, SetOf
from schemas.kinds import Kind
from schemas.placement import InTeam, InTerritory, WithParent

if TYPE_CHECKING:
    from schemas.base import RecordType

WRITERS = ("tablet", "office")
_TARGETS = {InTerritory: "territory", InTeam: "team"}


class SchemaError(TypeError):
    """A record type is declared so that it cannot work. The message names file, type and field."""


def flaws(declared: RecordType, known: Mapping[str, RecordType], file: str) -> Iterator[str]:
    """What is wrong with a declaration, in words. `known`: every type by name."""
    for name in ("name", "title", "feed", "display"):
        if not getattr(declared, name):
            yield f"{file}: type {declared.name!r} has no {name} in its Meta"
    for name, field in declared.fields.items():
        for flaw in (*_of_field(field, declared), *_of_value(field, known)):
            yield f"{file}: type {declared.name!r}, field {name!r} {flaw}"
    for name, purpose in _named(declared):
        if name not in declared.fields:
            yield f"{file}: type {declared.name!r}, field {name!r} is missing: {purpose} names it"
    for name, flaw in _of_placement(declared):
        yield f"{file}: type {declared.name!r}, field {name!r} {flaw}"


def _of_field(field: Field, declared: RecordType) -> Iterator[str]:
    """What a record's own field must have; what is inside its value need not."""
    if field.kind is None:
        yield "has no merge kind"
    if (field.kind is Kind.SET) != isinstance(field, SetOf):
        yield "must be a SetOf to merge as a set, and the other way round"
    if field.kind in (Kind.MAX, Kind.MIN) and type(field) not in (Int, Num, Date):
        yield f"has no order, so it cannot merge as {field.kind}"
    if field.label is None:
        yield "has no label"
    if field.writer not in WRITERS:
        yield f"has an unknown writer {field.writer!r}"
    if field.group is not None and field.group not in {key for key, _, _ in declared.groups}:
        yield f"is in an unknown group {field.group!r}"


def _of_value(field: Field, known: Mapping[str, RecordType], inside: bool = False) -> Iterator[str]:
    if isinstance(field, Ref) and field.to not in known:
        yield f"refers to an unknown type {field.to!r}"
    if isinstance(field, Code) and field.codes not in CODES:
        yield f"takes an unknown code list {field.codes!r}"
    if inside and isinstance(field, Date) and field.until_now:
        yield 'says max="now" inside a value, where it is not looked at'
    for inner in field.children().values():
        yield from _of_value(inner, known, inside=True)


def _named(declared: RecordType) -> Iterator[tuple[str, str]]:
    """The fields that the declaration names elsewhere, each with the place that names it."""
    yield from ((name, "display") for name in declared.display)
    yield from ((name, "carries") for name in declared.carries)
    for field in declared.fields.values():
        if field.required_if:
            yield field.required_if[0], "required_if"
        yield from ((name, "required_without") for name in field.required_without)
    yield from ((name, "unique") for group in declared.unique for name in group)
    if declared.date_field:
        yield declared.date_field, "date_field"
    for name in _placing(declared):
        yield name, "the feed rule"
    if isinstance(declared.feed, InTerritory) and declared.feed.shield:
        yield declared.feed.shield, "the feed rule"


def _placing(declared: RecordType) -> tuple[str, ...]:
    """The fields by which the feed rule places a record."""
    if isinstance(declared.feed, WithParent):
        return declared.feed.fields
    return (declared.feed.field,) if isinstance(declared.feed, InTerritory | InTeam) else ()


def _of_placement(declared: RecordType) -> Iterator[tuple[str, str]]:
    """The refs on which feeds depend must be refs, and to the right type."""
    needed: list[tuple[str, str | None]] = [(name, None) for name in declared.carries]
    needed += [(name, _TARGETS.get(type(declared.feed))) for name in _placing(declared)]
    for name, target in needed:
        field = declared.fields.get(name)
        if field is not None and not (isinstance(field, Ref) and target in (None, field.to)):
            yield name, f"must be a ref to a {target or 'record'}: feeds depend on it"
