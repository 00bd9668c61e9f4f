"""Mending an op in a form: a box for each wrong value that can be typed, and the op that stands in its place.

What is right in the op goes along as it is. A wrong field of which some part has no box is left out, and the page
says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from schemas import registry
from schemas.clock import stamp_of
from schemas.fields import Field, ListOf, Obj, States
from schemas.kinds import Kind
from schemas.messages import Errors
from schemas.wire import PARTS
from server import clock
from server.office import Change
from server.reading.kept import Kept
from server.web import typed
from server.web.typed import Unfit

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Box:
    """A wrong value of ``part``, by its dotted ``path``. ``text``: as it was sent."""

    part: str
    path: str
    field: Field
    text: str

    @property
    def name(self) -> str:
        """What the form calls it."""
        return f"{self.part}.{self.path}"

    @property
    def top(self) -> str:
        """The record's field that it lies in."""
        return self.path.partition(".")[0]


class Wrong(Unfit):
    """The corrected values are not right yet. ``errors``: path → codes."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(_("Not everything is right yet: see what is said at the fields."))
        self.errors = errors


def can_be_mended(op: Kept) -> bool:
    """Whether an op can stand in its place: it is known which record of which type it is about."""
    fits = op.record is None or op.record.type == op.sent.type
    return op.is_open and bool(op.sent.type and op.sent.id and op.sent.errors) and fits and not op.is_reused


def boxes(op: Kept) -> list[Box]:
    """A box for each wrong value, in the order of the op."""
    found: list[Box] = []
    for value in op.sent.values:
        here = [_box(op, value.part, path) for path in op.sent.errors if path.partition(".")[0] == value.field]
        found += [box for box in here if box] if not value.is_good and all(here) else []
    return found


def left_out(op: Kept) -> list[str]:
    """The wrong fields that have no box: the corrected op comes without them."""
    boxed = {(box.part, box.top) for box in boxes(op)}
    return [each.field for each in op.sent.values if not each.is_good and (each.part, each.field) not in boxed]


def read(op: Kept, form: Mapping[str, str]) -> Change:
    """The op that stands in the place of this one. An empty box leaves the value out. Raises Unfit."""
    sent, head = op.sent, op.sent.head
    assert sent.type is not None
    assert sent.id is not None
    parts: dict[str, Any] = {part: dict(getattr(sent.changes, part)) for part in PARTS}
    for (part, name), value in _mended(op, form).items():
        if value is not _NOTHING:
            parts[part][name] = value
    _, errors = registry.types()[sent.type].check({"at": stamp_of(clock.now())} | parts)
    if errors:
        raise Wrong(errors)
    envelope: dict[str, Any] = {}
    if head:
        envelope = {name: getattr(head, name) for name in ("base", "epoch", "feed", "over", "delete")}
    return Change(sent.type, sent.id, mends=op.op, **parts, **envelope)


def _box(op: Kept, part: str, path: str) -> Box | None:
    name, *steps = path.split(".")
    field: Field | None = registry.types()[op.sent.type or ""].fields.get(name)
    if field is None or not (part == field.part or (part == "remove" and field.kind is Kind.SET)):
        return None
    value = (op.sent.content or {})[part][name]
    for step in steps:
        field, value = _inside(field, value, step)
    return Box(part, path, field, typed.written(value)) if field and typed.has_box(field) else None


def _inside(field: Field | None, value: Any, step: str) -> tuple[Field | None, Any]:
    if isinstance(field, ListOf) and isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return field.inner, value[int(step)]
    if isinstance(field, Obj) and isinstance(value, dict):
        return field.fields.get(step), value.get(step)
    return None, None


def _mended(op: Kept, form: Mapping[str, str]) -> dict[tuple[str, str], Any]:
    """(part, field) → its value with what was typed."""
    content = deepcopy(op.sent.content or {})
    mended: dict[tuple[str, str], Any] = {}
    for box in boxes(op):
        _put(content[box.part], box.path.split("."), _typed(op, box, form.get(box.name, "").strip()))
        mended[box.part, box.top] = content[box.part][box.top]
    return {place: _filled(value) for place, value in mended.items()}


def _typed(op: Kept, box: Box, text: str) -> Any:
    if not text:
        return _NOTHING
    try:
        value = typed.read(box.field, text)
    except Unfit:
        return text  # the check of the whole op says what is wrong with it, at its field
    if isinstance(box.field, States):
        sent = (op.sent.content or {})[box.part][box.top]
        said = [sent.get("from")] if isinstance(sent, dict) and isinstance(sent.get("from"), str) else []
        now = op.record.fields.get(box.top) if op.record else None
        return typed.step(box.field, value, [*said, now, None])
    return value


def _put(container: Any, steps: list[str], value: Any) -> None:
    *way, last = steps
    for step in way:
        container = container[int(step) if isinstance(container, list) else step]
    container[int(last) if isinstance(container, list) else last] = value


def _filled(value: Any) -> Any:
    """A value without what was left empty in it."""
    if isinstance(value, list):
        return [_filled(each) for each in value if each is not _NOTHING]
    if isinstance(value, dict):
        return {key: _filled(each) for key, each in value.items() if each is not _NOTHING}
    return value


def labels(op: Kept, path: str) -> Iterator[tuple[str, str]]:
    """(Russian, English) of a wrong value's field and of what inside it is meant."""
    field: Field | None = None
    for depth, step in enumerate(path.split(".")):
        schema = registry.get(op.sent.type or "")
        field = (schema.fields.get(step) if schema else None) if depth == 0 else _child(field, step)
        if field is not None and field.label:
            yield field.label
        elif step.isdigit():
            yield (f"№ {int(step) + 1}",) * 2
        else:
            yield (step, step)


def _child(field: Field | None, step: str) -> Field | None:
    if isinstance(field, ListOf):
        return field.inner
    return field.fields.get(step) if isinstance(field, Obj) else None
