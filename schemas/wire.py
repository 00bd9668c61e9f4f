"""The envelope of an op: who wrote it, when, and what they had seen (protocol, section 3).

`read_op` looks at the envelope alone; what `set`, `add`, `remove` and `inc` hold is the record type's to
check. An op is refused for what it is by itself and nothing else, so this needs no database and no clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from marshmallow import ValidationError
from msgspec import Meta, Struct

from schemas.messages import Errors, echo, refuse
from schemas.placement import CASE_PREFIX, REFERENCE, TEAM_PREFIX

MAX_OP_BYTES = 256 * 1024
MAX_OPS = 1000
MAX_BODY = 4 * 1024 * 1024
MAX_SAFE_INTEGER = 2**53 - 1  # what every JSON reader keeps exactly (RFC 8259, section 6)

PARTS = ("set", "add", "remove", "inc")

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UUID = re.compile(UUID).fullmatch
_STAMP = re.compile(r"[0-9a-f]{16}").fullmatch
_EPOCH = re.compile(r"[0-9a-f]{8}").fullmatch
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,63}").fullmatch


# These types are for the fast check alone (compiled.py): it takes by them what is canonical as it stands.
Uuid = Annotated[str, Meta(pattern=rf"\A{UUID}\Z")]
_TypeName = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{0,63}\Z")]
_Stamp = Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\Z")]
_Epoch = Annotated[str, Meta(pattern=r"\A[0-9a-f]{8}\Z")]
_Feed = Annotated[str, Meta(pattern=rf"\A(?:{REFERENCE}|(?:{TEAM_PREFIX})?{UUID})\Z")]
_Count = Annotated[int, Meta(ge=0, le=MAX_SAFE_INTEGER)]
_Ordinal = Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]


class OpHead(Struct, frozen=True, kw_only=True):
    """An op without its values. `over` is None when absent: not the same as naming no candidate."""

    op: Uuid
    type: _TypeName
    id: Uuid
    seq: _Ordinal
    epoch: _Epoch
    base: _Count
    at: _Stamp
    schema: _Ordinal
    by: Uuid | None = None
    feed: _Feed | None = None
    delete: bool | None = None
    over: tuple[Uuid, ...] | None = None
    void: tuple[Uuid, ...] = ()
    mends: Uuid | None = None
    was: Mapping[str, int] = {}


def read_op(raw: Any) -> tuple[OpHead | None, Errors]:
    """The head of an op, or None and by key the codes of what is wrong with it. A null counts as absent."""
    if type(raw) is not dict:
        return None, {"op": ["type.object"]}
    values: dict[str, Any] = {}
    errors: Errors = {}
    for key, value in raw.items():
        if value is None or key in PARTS:
            continue
        read = _READERS.get(key)
        if read is None:
            errors[echo(key)] = ["unknown_key"]
            continue
        try:
            values[key] = read(value)
        except ValidationError as error:
            errors[key] = list(error.messages)
    errors.update((key, ["missing"]) for key in _REQUIRED if key not in values and key not in errors)
    return (None, errors) if errors else (OpHead(**values), errors)


def read_uuid(value: Any) -> str:
    """A UUID of any version in its canonical form: lower case, with hyphens. Raises ValidationError."""
    if type(value) is str:
        if _UUID(value):
            return value
        if _UUID(value.lower()):
            return value.lower()
    raise refuse("type.uuid")


def read_feed(value: Any) -> str:
    """A feed's name: a territory's id, `team:ID`, `case:ID` or `reference`. Raises ValidationError."""
    if value == REFERENCE:
        return REFERENCE
    if type(value) is not str:
        raise refuse("feed")
    prefix = next((each for each in (TEAM_PREFIX, CASE_PREFIX) if value.startswith(each)), "")
    try:
        return prefix + read_uuid(value.removeprefix(prefix))
    except ValidationError:
        raise refuse("feed") from None


def _stamp(value: Any) -> str:
    if type(value) is str and _STAMP(value):
        return value
    raise refuse("stamp")


def _epoch(value: Any) -> str:
    if type(value) is str and _EPOCH(value):
        return value
    raise refuse("epoch")


def _type_name(value: Any) -> str:
    if type(value) is str and _TYPE(value):
        return value
    raise refuse("type.name")


def _count(value: Any) -> int:
    return _integer(value, 0)


def _ordinal(value: Any) -> int:
    return _integer(value, 1)


def _integer(value: Any, least: int) -> int:
    if type(value) is not int:
        raise refuse("type.integer")
    if not least <= value <= MAX_SAFE_INTEGER:
        raise refuse("range", least, MAX_SAFE_INTEGER)
    return value


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise refuse("type.boolean")
    return value


def _ids(value: Any) -> tuple[str, ...]:
    if type(value) is not list:
        raise refuse("type.list")
    return tuple(map(read_uuid, value))


def read_revs(value: Any) -> dict[str, int]:
    """The revs that epochs gave an op: epoch → rev. Raises ValidationError."""
    if type(value) is not dict:
        raise refuse("type.object")
    return {_epoch(epoch): _ordinal(rev) for epoch, rev in value.items()}


_READERS: dict[str, Callable[[Any], Any]] = {
    "op": read_uuid,
    "type": _type_name,
    "id": read_uuid,
    "seq": _ordinal,
    "epoch": _epoch,
    "base": _count,
    "at": _stamp,
    "schema": _ordinal,
    "by": read_uuid,
    "feed": read_feed,
    "delete": _boolean,
    "over": _ids,
    "void": _ids,
    "mends": read_uuid,
    "was": read_revs,
}
_REQUIRED = ("op", "type", "id", "seq", "epoch", "base", "at", "schema")
