"""What types, fields and values are called on screen, from the same description that `GET /schemas` gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from client_stub.words import Lang, say, when
from schemas import registry
from schemas.text import fold


def type_title(type: str, lang: Lang) -> str:
    """What a record of this type is called; a type newer than this client by its name on the wire."""
    described = _type(type)
    return described["title"][lang] if described else type


def field_label(type: str, name: str, lang: Lang) -> str:
    """A field's label. `@life` is what an edit against a delete is about."""
    if name == "@life":
        return say("field.life", lang)
    described = field(type, name)
    return described["label"][lang] if described else name


def field_named(type: str, text: str, lang: Lang) -> str | None:
    """The one field that is meant by its name, its label or the beginning of its label."""
    labels = {name: fold(each["label"][lang]) for name, each in _type(type).get("fields", {}).items()}
    exact = [name for name, label in labels.items() if text == name or label == fold(text)]
    meant = exact or [name for name, label in labels.items() if label.startswith(fold(text))]
    return meant[0] if len(meant) == 1 else None


def choices(type: str, name: str, lang: Lang) -> dict[str, str]:
    """The values of a list field and their labels; for a set, the values of its elements."""
    described = field(type, name)
    codes = described.get("codes") or described.get("items", {}).get("codes")
    return {entry["value"]: entry["label"][lang] for entry in registry.describe()["codes"].get(codes, ())}


def value_text(type: str, name: str, value: Any, lang: Lang) -> str:
    """A value as a person reads it."""
    described = field(type, name)
    if isinstance(value, list):
        return ", ".join(value_text(type, name, each, lang) for each in value)
    if isinstance(value, dict):
        return ", ".join(str(each) for each in value.values() if each is not None)
    if value is None or isinstance(value, bool):
        return say(f"value.{value}", lang)
    if described.get("type") in ("date", "datetime"):
        return when(value)
    return choices(type, name, lang).get(value, str(value))


def is_reference(type: str, name: str) -> bool:
    """Whether a field (or its elements) names other records by id, which tells a person nothing."""
    described = field(type, name)
    return "ref" in (described.get("type"), described.get("items", {}).get("type"))


def _type(type: str) -> Mapping[str, Any]:
    return registry.describe()["types"].get(type, {})


def field(type: str, name: str) -> Mapping[str, Any]:
    """A field as `GET /schemas` describes it; {} when this client does not know it."""
    return _type(type).get("fields", {}).get(name, {})
