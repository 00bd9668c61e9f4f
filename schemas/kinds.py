"""The merge kinds by name: the one module of this room that the pure engine imports (standard library only).

A record type declares a kind for each of its fields, the registry turns the declarations into `Rules`, and
`sync` merges by them without knowing what a field means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What two concurrent ops on one field make together (protocol, section 3, "Merge kinds")."""

    LATEST = "latest"
    GUARDED = "guarded"
    ONCE = "once"
    STATES = "states"
    MAX = "max"
    MIN = "min"
    SET = "set"
    COUNTER = "counter"
    LOG = "log"

    __hash__ = str.__hash__  # an Enum's own is written in Python, and every field of every op is looked up by its kind


def identity(value: Any) -> Any:
    """The normal form of a field that declares none: the value itself."""
    return value


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one field merges. Values (of sets: elements) agree when their normal forms are equal.

    `normalise` maps a JSON value to a JSON value, null to null.
    """

    kind: Kind
    normalise: Callable[[Any], Any] = identity


Rules = Mapping[str, FieldRule]

LIFE = "@life"  # every op writes it: deleted or alive
FEED = "@feed"  # an op that carries `feed` writes it
# Both are pseudo-fields that every record has; neither is ever on the wire.
