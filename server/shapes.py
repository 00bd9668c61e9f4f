"""What the server needs to know of a record type beyond its declaration: references, columns, who writes what.

Derived from `schemas` once for each state of it, because the gate asks for every op.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from schemas import registry
from schemas.base import RecordType
from schemas.fields import Code, Field, Ref, SetOf, States
from schemas.kinds import Rules
from schemas.placement import FeedRule, Reference, WithParent
from sync import Signing


@dataclass(frozen=True, slots=True)
class Shape:
    """``declared``: the type itself; ``rules``: how its fields merge. ``signing``: the fields by which its records are
    signed. ``refs``: field → type it names. ``columns``: projected field → its type on the wire. ``sorted``: those
    with a sort key.

    ``office``: the fields that only the office writes. ``unique``: the groups of fields whose values in two records
    are a matter. ``standing``: columns that rules across records fill. ``links``: the references that decide where
    records sit. ``bounded``: the references to what is not in everybody's reach. ``searchable``: by what records are
    found. ``steps_of_tablet``: of a field of the office, the states to which a tablet may step all the same.
    ``reserved``: the fields in which some values are the office's.
    """

    name: str
    declared: RecordType
    rules: Rules
    feed: FeedRule
    refs: dict[str, str]
    columns: dict[str, str]
    sorted: tuple[str, ...]
    office: frozenset[str]
    unique: tuple[tuple[str, ...], ...]
    links: tuple[str, ...]
    bounded: tuple[str, ...]
    searchable: tuple[str, ...]
    signing: Signing | None
    standing: tuple[str, ...]
    steps_of_tablet: dict[str, tuple[str, ...]]
    reserved: tuple[tuple[str, Callable[[Any], bool]], ...]

    def is_free(self, field: str, step: Any) -> bool:
        """Whether a tablet may take this step in a field of the office."""
        return isinstance(step, dict) and step.get("to") in self.steps_of_tablet.get(field, ())


def of(type_name: str) -> Shape:
    """The shape of a type. Raises KeyError for an unknown one."""
    types = registry.types()
    return (_known if _known.types is types else _look_again(types)).shapes[type_name]


def all_shapes() -> dict[str, Shape]:
    """Every type's shape by name."""
    types = registry.types()
    return (_known if _known.types is types else _look_again(types)).shapes


class _Known(NamedTuple):
    """The types that the registry had, and their shapes."""

    types: dict[str, RecordType]
    shapes: dict[str, Shape]


_known = _Known({}, {})


def _look_again(types: dict[str, RecordType]) -> _Known:
    global _known
    _known = _Known(types, {name: _shape(name, declared) for name, declared in types.items()})
    return _known


def _shape(name: str, declared: RecordType) -> Shape:
    assert declared.feed is not None
    own = declared.feed.fields if isinstance(declared.feed, WithParent) else ()
    links = (*own, *declared.carries)
    fields = declared.fields
    refs = {field: target for field, each in fields.items() if (target := _target(each))}
    return Shape(
        name=name,
        declared=declared,
        rules=registry.rules(name),
        feed=declared.feed,
        refs=refs,
        columns={field: each.type for field, each in fields.items() if each.indexed or field in links},
        sorted=tuple(field for field, each in fields.items() if each.sortable),
        unique=(*((field,) for field, each in fields.items() if each.unique), *declared.unique),
        office=frozenset(field for field, each in fields.items() if each.writer == "office"),
        links=links,
        searchable=tuple(field for field, each in fields.items() if each.searchable),
        bounded=tuple(field for field, target in refs.items() if not _is_everybodys(target)),
        signing=Signing(*declared.signing) if declared.signing else None,
        standing=declared.standing,
        steps_of_tablet={name: each.steps_of_tablet for name, each in fields.items() if isinstance(each, States)},
        reserved=tuple(
            (name, each.is_reserved) for name, each in fields.items() if isinstance(each, Code) and each.reserved
        ),
    )


def _is_everybodys(type_name: str) -> bool:
    return isinstance(registry.types()[type_name].feed, Reference)


def _target(field: Field) -> str | None:
    """The type that a reference, or a set of references, names."""
    if isinstance(field, SetOf):
        return _target(field.inner)
    return field.to if isinstance(field, Ref) else None
