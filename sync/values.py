"""When two values of a field are one: when their normal forms are equal as JSON."""

from __future__ import annotations

import json
from typing import Any

from schemas.kinds import FieldRule


def key(value: Any, rule: FieldRule) -> str:
    """A text that two values share just when the RFC 8785 bytes of their normal forms are equal."""
    normal = rule.normalise(value)
    return f'"{normal}' if type(normal) is str else json.dumps(_plain(normal), sort_keys=True)


def _plain(value: Any) -> Any:
    """RFC 8785 writes 1.0 and 1 alike."""
    if type(value) is float and value.is_integer():
        return int(value)
    if type(value) is list:
        return [_plain(item) for item in value]
    if type(value) is dict:
        return {name: _plain(item) for name, item in value.items()}
    return value
