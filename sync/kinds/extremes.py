"""`max` and `min`: whoever saw whatever, the larger or the smaller stays. Null never clears them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas.kinds import FieldRule, identity
from sync.state import Past
from sync.values import key
from sync.versions import Op, Version


def largest(past: Past, op: Op, version: Version, value: Any, rule: FieldRule) -> tuple[None, Any]:
    """The larger of what shows and what the op brings."""
    return None, max(_known(past.shown, value), key=size(rule), default=None)


def smallest(past: Past, op: Op, version: Version, value: Any, rule: FieldRule) -> tuple[None, Any]:
    """The smaller of what shows and what the op brings."""
    return None, min(_known(past.shown, value), key=size(rule), default=None)


def size(rule: FieldRule) -> Callable[[Any], tuple[Any, str]]:
    """What values are compared by: the normal form, then the spelling, so that arrival never decides."""
    spelling = FieldRule(rule.kind, identity)
    return lambda value: (rule.normalise(value), key(value, spelling))


def _known(*values: Any) -> list[Any]:
    return [value for value in values if value is not None]
