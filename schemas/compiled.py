"""The fast check, derived from the marshmallow declarations, which stay the one truth.

Most ops are canonical as they stand: a tablet writes what these same schemas gave it. Such an op is known by one call
of msgspec, by types that each field tells of itself (`Field.plain`), and by what no type can tell (`Field.stands`).
Nothing is refused here: what is not known at sight is read by `wire.read_op` and `RecordType.check`, which name what
is wrong. So the two can differ in one way only, an op taken here that would read otherwise there; tests/schemas/
test_compiled.py looks for one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
        self.looks = {part: _looks(fields) for part, fields in parts.items() if _looks(fields)}
        self.floats = {part: _with_floats(fields) for part, fields in parts.items() if _with_floats(fields)}

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
        """What types do not tell. The changes hold floats in known places, and only keys that are declared."""
        for part, looks in self.looks.items():
            given = content.get(part, ())
            for name in looks.keys() & given:
                if given[name] is not None and not looks[name](given[name]):
                    return False
        return all(is_plain(content[part][name]) for part in self.floats for name in _both(self.floats, content, part))


def _both(floats: Mapping[str, frozenset[str]], content: Mapping[str, Any], part: str) -> frozenset[str]:
    return floats[part].intersection(content.get(part, ()))


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
    return {name: field.stands for name, field in fields.items() if not field.is_told}


def _with_floats(fields: Mapping[str, Field]) -> frozenset[str]:
    return frozenset(name for name, field in fields.items() if _holds_floats(field))


def _holds_floats(field: Field) -> bool:
    return isinstance(field, Num) or any(map(_holds_floats, field.children().values()))
