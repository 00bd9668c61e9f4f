"""What an op says, as it was sent: its values by field, and what is wrong with each. An op that nobody can read is
text.

The gate read it once and kept its bytes; here they are read again for a person, so nothing in them may break a page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from schemas import registry
from schemas.base import Changes
from schemas.clock import stamp_of
from schemas.messages import Errors
from schemas.wire import PARTS, OpHead, read_uuid
from server import inbox
from server.authors import Author


@dataclass(frozen=True, slots=True)
class Value:
    """One field of one part of an op. ``value``: canonical, or as it was sent where it is wrong (``is_good``)."""

    part: str
    field: str
    value: Any
    is_good: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """``content``: the op, None when it is no JSON object. ``text``: how it came, None once it was erased by law.

    ``errors``: what is wrong with it by itself today; ``changes``: what is right.
    """

    content: dict[str, Any] | None
    text: str | None
    head: OpHead | None
    changes: Changes
    errors: Errors

    @property
    def type(self) -> str | None:
        """The record type that it names, where there is such a type."""
        named = self.head.type if self.head else (self.content or {}).get("type")
        return named if isinstance(named, str) and registry.get(named) else None

    @property
    def id(self) -> str | None:
        """The record that it names."""
        try:
            return self.head.id if self.head else read_uuid((self.content or {}).get("id"))
        except ValidationError:
            return None

    @property
    def values(self) -> list[Value]:
        """Everything it writes, in the order in which it was sent."""
        return list(_values(self.content or {}, self.changes))

    @property
    def deletes(self) -> bool:
        """It asks to delete the record."""
        return (self.content or {}).get("delete") is True


def read(row: Any) -> Sent:
    """The op of a row of the table ``op``."""
    if row.body is None:
        return Sent(None, None, None, Changes(), {})
    entry = inbox.again(row, Author(row.device, "tablet"))
    text = entry.raw.decode("utf-8", "backslashreplace")
    content = _object(text)
    changes, wrong = entry.changes, entry.errors
    if changes is None and content is not None:
        changes, of_fields = _changes(content, row.received_at)
        wrong = {**of_fields, **wrong}
    shown = text if content is None else json.dumps(content, ensure_ascii=False, indent=1)
    return Sent(content, _printable(shown), entry.head, changes or Changes(), wrong)


def _object(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is, fit to be shown."""
    try:
        content = _printable(json.loads(text, strict=False))
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _printable(value: Any) -> Any:
    """The same without what no page can carry: lone surrogates are written out."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list):
        return [_printable(each) for each in value]
    if isinstance(value, dict):
        return {_printable(key): _printable(each) for key, each in value.items()}
    return value


def _changes(content: dict[str, Any], received_at: int) -> tuple[Changes | None, Errors]:
    """The values of an op whose envelope is broken, where its type is known."""
    schema = registry.get(content["type"]) if isinstance(content.get("type"), str) else None
    if schema is None:
        return None, {}
    return schema.check({part: content[part] for part in PARTS if part in content} | {"at": stamp_of(received_at)})


def _values(content: dict[str, Any], changes: Changes) -> Iterator[Value]:
    for part in PARTS:
        given, good = content.get(part), getattr(changes, part)
        for name, value in given.items() if isinstance(given, dict) else ():
            yield Value(part, name, good.get(name, value), name in good)
