"""Every record type there is: found in the files of `schemas/records/`, proved sound, described for tablets.

A file there is all that a new type needs. A declaration that cannot work stops the start, naming file, type
and field.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

import schemas.records
from schemas.base import RecordType
from schemas.codes import CODES, Lists, lists
from schemas.compiled import FastCheck
from schemas.declarations import SchemaError, flaws
from schemas.digest import canonical, sha256_hex
from schemas.fields import Field, bilingual
from schemas.kinds import FEED, LIFE, FieldRule, Kind, Rules

VERSION = 3
"""The schema number on the wire: what an op's `schema` says."""

__all__ = ["VERSION", "SchemaError", "describe", "digest", "fast_check", "get", "reload", "rules", "types"]


@dataclass(frozen=True, slots=True)
class _Catalogue:
    types: dict[str, RecordType]
    fast: dict[str, FastCheck]
    rules: dict[str, Rules]
    described: dict[str, Any]
    brought: Lists
    digest: str


_current: _Catalogue | None = None


def types() -> dict[str, RecordType]:
    """Every record type by its name on the wire. Raises SchemaError when a declaration cannot work."""
    return (_current or _catalogue()).types


def get(name: str) -> RecordType | None:
    """The type of this name, if there is one."""
    return _catalogue().types.get(name)


def fast_check(name: Any) -> FastCheck | None:
    """What knows the good ops of a type at sight. None for an unknown type, or no name at all."""
    return _catalogue().fast.get(name) if type(name) is str else None


def rules(name: str) -> Rules:
    """How the records of a type merge, `@life` and `@feed` included. Raises KeyError for an unknown type."""
    return _catalogue().rules[name]


def describe() -> dict[str, Any]:
    """The body of `GET /schemas` (protocol, section 4), with the code lists in force. Shared: not to be changed."""
    known = _catalogue()
    return {"version": VERSION, "codes": {**lists(), **known.brought}, "types": known.described}


def digest() -> str:
    """SHA-256 over everything that is declared: where it has changed, projections are made anew."""
    return _catalogue().digest


def reload() -> None:
    """Look into `schemas.records.__path__` again. On SchemaError the types stay as they were."""
    global _current
    importlib.invalidate_caches()
    _current = _build(_discover())


def _catalogue() -> _Catalogue:
    if _current is None:
        reload()
    assert _current is not None
    return _current


def _discover() -> dict[str, RecordType]:
    found: dict[str, RecordType] = {}
    sources: dict[str, str] = {}
    for module in _modules():
        for cls in _declared_in(module):
            name = cls.opts.name or ""
            if name in found:
                raise SchemaError(f"{module.__file__}: type {name!r} is declared in {sources[name]} already")
            found[name], sources[name] = cls(), str(module.__file__)
    for flaw in (flaw for name, each in found.items() for flaw in flaws(each, found, sources[name])):
        raise SchemaError(flaw)
    return found


def _modules() -> Iterator[ModuleType]:
    for info in sorted(pkgutil.iter_modules(schemas.records.__path__), key=lambda info: info.name):
        try:
            yield importlib.import_module(f"{schemas.records.__name__}.{info.name}")
        except (TypeError, ValueError) as error:
            raise SchemaError(f"schemas/records/{info.name}.py: {error}") from error


def _declared_in(module: ModuleType) -> Iterator[type[RecordType]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, RecordType) and value.__module__ == module.__name__:
            yield value


def _build(found: dict[str, RecordType]) -> _Catalogue:
    brought = {path: values for each in found.values() for path, values in _own_lists(each)}
    described = {name: _describe(each) for name, each in found.items()}
    layout = {name: _layout(each) for name, each in found.items()}
    return _Catalogue(
        types=found,
        fast={name: FastCheck(each, VERSION) for name, each in found.items()},
        rules={name: _rules(each) for name, each in found.items()},
        described=described,
        brought=brought,
        digest=sha256_hex(canonical([VERSION, {**CODES, **brought}, described, layout])),
    )


def _rules(declared: RecordType) -> Rules:
    latest = FieldRule(Kind.LATEST)
    return {name: field.rule for name, field in declared.fields.items()} | {LIFE: latest, FEED: latest}


def _describe(declared: RecordType) -> dict[str, Any]:
    return {
        "title": bilingual(declared.title),
        "writer": declared.writer,
        "display": list(declared.display),
        "date_field": declared.date_field,
        "groups": [{"key": key, "label": bilingual((ru, en))} for key, ru, en in declared.groups],
        "fields": {
            name: field.describe(f"{declared.name}.{name}") | {"order": order}
            for order, (name, field) in enumerate(declared.fields.items(), start=1)
        },
    }


def _layout(declared: RecordType) -> dict[str, Any]:
    """What a projection and a feed depend on and tablets do not need to know."""
    return {
        "since": declared.since,
        "feed": [type(declared.feed).__name__, asdict(declared.feed) if declared.feed else {}],
        "carries": list(declared.carries),
        "standing": list(declared.standing),
        "last_of": list(declared.last_of),
        "columns": {name: [field.indexed, field.sortable, field.searchable] for name, field in declared.fields.items()},
    }


def _own_lists(declared: RecordType) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for name, field in declared.fields.items():
        yield from _lists_of(field, f"{declared.name}.{name}")


def _lists_of(field: Field, path: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if values := field.choices():
        yield path, values
    for key, inner in field.children().items():
        yield from _lists_of(inner, f"{path}.{key}" if key else path)
