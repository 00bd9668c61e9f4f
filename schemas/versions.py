"""Older tablets: ops of every released schema are brought forward, records go back to the last three.

A step between two schemas is a pure function of one op or one record, declared in the record type's file. An op is
brought forward step by step from the schema that it was written with; a record that an older tablet pulls is brought
back in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import registry
from schemas.base import RecordType

KEPT = 3  # schemas in which pulls are answered: the present one and two before it

Values = dict[str, Any]


def oldest() -> int:
    """The oldest schema in which a pull is answered."""
    return max(1, registry.VERSION - KEPT + 1)


def forward(type_name: str, op: Mapping[str, Any], written: int) -> Mapping[str, Any]:
    """An op as it would be written in the present schema. ``written``: the schema it was written with."""
    steps = registry.types()[type_name].upgrades
    for schema in sorted(steps):
        if written < schema:
            op = steps[schema](dict(op))
    return op


def back(type_name: str, fields: Values, wanted: int) -> Values | None:
    """A record's fields as a tablet of an earlier schema knows them; None for a type that it does not know."""
    declared = registry.types()[type_name]
    if wanted < declared.since:
        return None
    fields = {name: value for name, value in fields.items() if _is_known(declared, name, wanted)}
    for schema in sorted(declared.downgrades, reverse=True):
        if wanted < schema:
            fields = declared.downgrades[schema](dict(fields))
    return fields


def _is_known(declared: RecordType, name: str, wanted: int) -> bool:
    """Whether a tablet of a schema knows a field, or its downgrades deal with it."""
    return name not in declared.fields or declared.fields[name].since <= wanted


def changes_between(type_name: str, earlier: int, later: int) -> bool:
    """Whether records of a type look different in these two schemas."""
    return any(earlier < schema <= later for schema in registry.types()[type_name].upgrades)
