"""What records are called, in bulk: the fields that their type displays, in words.

A record out of the reader's reach has no name. Names of names (a membership is called by its person) are looked up
once more and no deeper: a fixed number of queries for any number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from schemas import registry
from schemas.fields import Field, Ref
from server import register
from server.reading.households import heads
from server.reading.words import Name, Words
from server.register import Stored


def named(words: Words, records: Iterable[Stored], connection: Connection) -> Words:
    """The same words, knowing the names of these records and of all that they refer to."""
    known = {record.id: record for record in records}
    wanted = {id for record in known.values() for id in references(record.type, record.fields)}
    wanted |= {id for record in known.values() for id in _disputed_references(record)}
    return _with_names(words, {**known, **_fetch(wanted - known.keys(), words, connection)}, connection)


def named_ids(words: Words, ids: Iterable[str], connection: Connection) -> Words:
    """The same words, knowing the names of the records with these ids."""
    return _with_names(words, _fetch(ids, words, connection), connection)


def _fetch(ids: Iterable[str], words: Words, connection: Connection) -> dict[str, Stored]:
    return register.fetch(words.reach.seen(ids, connection), connection)


def _with_names(words: Words, records: Mapping[str, Stored], connection: Connection) -> Words:
    inner = {id for record in records.values() for id in _display_references(record)}
    nested = _fetch(inner - records.keys(), words, connection)
    plain = {id: name_of(record, words) for id, record in {**nested, **records}.items()}
    deep = replace(words, names={**words.names, **plain})
    names = {id: name_of(record, deep) for id, record in records.items()} | _family_names(records, words, connection)
    return replace(words, names={**deep.names, **names})


def _family_names(records: Mapping[str, Stored], words: Words, connection: Connection) -> dict[str, Name]:
    """A family is called by its mother or guardian, and its number."""
    families = [id for id, record in records.items() if record.type == "family"]
    found = heads(families, words.reach, connection) if families else {}
    return {id: Name("family", f"{head}{_number(records[id])}") for id, head in found.items()}


def _number(family: Stored) -> str:
    number = family.fields.get("number")
    return f", № {number}" if number else ""


def name_of(record: Stored, words: Words) -> Name:
    """What a record is called by its own fields, in words that know the names in them."""
    schema = registry.get(record.type)
    shown = schema.display if schema else ()
    parts = [words.value(record.type, name, record.fields.get(name)) for name in shown]
    return Name(record.type, " ".join(filter(None, parts)) or words.title(record.type))


def references(type_name: str, fields: Mapping[str, Any]) -> Iterator[str]:
    """The ids that a record's values name, however deep they lie."""
    schema = registry.get(type_name)
    for name, value in fields.items():
        if schema and name in schema.fields:
            yield from ids_in(schema.fields[name], value)


def ids_in(field: Field, value: Any) -> Iterator[str]:
    """The ids in one value. An entry of a log is looked into."""
    if isinstance(field, Ref):
        yield from [value] if isinstance(value, str) else []
    elif isinstance(value, list):
        yield from (id for each in value for inner in field.children().values() for id in ids_in(inner, _entry(each)))
    elif isinstance(value, dict):
        children = field.children()
        yield from (id for key, each in value.items() if key in children for id in ids_in(children[key], each))


def _entry(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and {"op", "i", "value"} <= value.keys() else value


def _disputed_references(record: Stored) -> Iterator[str]:
    for name, candidates in record.disputed.items():
        for candidate in candidates:
            yield from references(record.type, {name: candidate.get("value")})


def _display_references(record: Stored) -> Iterator[str]:
    schema = registry.get(record.type)
    shown = {name: record.fields.get(name) for name in schema.display} if schema else {}
    yield from references(record.type, shown)
