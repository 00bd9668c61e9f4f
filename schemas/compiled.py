"""The fast check, derived from the marshmallow declarations, which stay the one truth.

Most ops are canonical as they stand: a tablet writes what these same schemas gave it. Such an op is known by one call
of msgspec, by types that each field tells of itself (`Field.plain`), and by what no type can tell (`Field.stands`).
Nothing is refused here: what is not known at sight is read by `wire.read_op` and `RecordType.check`, which name what
is wrong. So the two can differ in one way only, an op taken here that would read otherwise there; tests/schemas/
test_compiled.py looks for one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import msgspec
import orjson
from marshmallow import ValidationError
from msgspec import UNSET, UnsetType, convert, defstruct

from schemas.base import Changes, RecordType
from schemas.digest import SORTED, is_plain
from schemas.fields import Field, Num
from schemas.wire import PARTS, OpHead

Stands = Callable[[Any], bool]


class Known(NamedTuple):
    """An op that is good and canonical as it stands. ``canonical``: its RFC 8785 bytes."""

    head: OpHead
    changes: Changes
    canonical: bytes


class FastCheck:
    """What the ops of one record type look like that are written in the present schema."""

    def __init__(self, declared: RecordType, version: int) -> None:
        self.version = version
        self.too_late = declared.too_late
        parts = {part: declared.written_in(part) for part in PARTS}
        self.type = _struct(f"{declared.name}_op", {part: _part(part, fields) for part, fields in parts.items()})
        self.looks = {part: looks for part, fields in parts.items() if (looks := _looks(fields))}

    def read(self, content: Mapping[str, Any]) -> Known | None:
        """The op that a JSON object is; None when it must be looked at closely."""
        try:
            head: Any = convert(content, self.type)
            changes = Changes(*[content.get(part, {}) for part in PARTS])
            if head.schema != self.version or head.was or not self._stands(content):
                return None
        except (msgspec.ValidationError, ValidationError):
            return None
        return None if self.too_late(changes, head.at) else Known(head, changes, orjson.dumps(content, option=SORTED))

    def _stands(self, content: Mapping[str, Any]) -> bool:
        """What types do not tell."""
        return all(_all_stand(looks, content[part]) for part, looks in self.looks.items() if part in content)


def _all_stand(looks: Mapping[str, Stands], given: Mapping[str, Any]) -> bool:
    """Null, which clears, always stands."""
    return all(given[name] is None or looks[name](given[name]) for name in looks.keys() & given.keys())


def _struct(name: str, members: Mapping[str, Any]) -> Any:
    typed = [(key, type_ | UnsetType, UNSET) for key, type_ in members.items()]
    return defstruct(name, typed, bases=(OpHead,), frozen=True, kw_only=True, forbid_unknown_fields=True)


def _part(part: str, fields: Mapping[str, Field]) -> Any:
    """What may be written in one part of an op. In `set`, null clears."""
    typed = [(name, _or_null(field) | UnsetType, UNSET) for name, field in fields.items()]
    return defstruct(part, typed, kw_only=True, forbid_unknown_fields=True)


def _or_null(field: Field) -> Any:
    return field.plain | None if field.clearable else field.plain


def _looks(fields: Mapping[str, Field]) -> dict[str, Stands]:
    """Field → what its type does not tell. Floats, which some fields hold, may be such as RFC 8785 writes otherwise."""
    looks: dict[str, Stands] = {}
    for name, field in fields.items():
        if _holds_floats(field):
            looks[name] = is_plain if field.is_told else partial(_stands_plainly, field.stands)
        elif not field.is_told:
            looks[name] = field.stands
    return looks


def _stands_plainly(stands: Stands, value: Any) -> bool:
    return stands(value) and is_plain(value)


def _holds_floats(field: Field) -> bool:
    return isinstance(field, Num) or any(map(_holds_floats, field.children().values()))
