"""Where a tablet stands: what waits to be sent, what needs mending, what is in dispute, what the office says.

Everything here is made of JSON values with texts already in the reader's language: commands print it as lists
or as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from client_stub import clock
from client_stub.families import Families
from client_stub.labels import field_label, is_reference, value_text
from client_stub.store import Store
from client_stub.words import Lang, say
from schemas.clock import unpack


def overview(store: Store, lang: Lang) -> dict[str, Any]:
    """``waiting``, ``to_mend``, ``disputed``, ``notices``: lists of what the functions below describe."""
    families = Families(store)
    return {
        "waiting": waiting(store, families, lang),
        "to_mend": to_mend(store, families, lang),
        "disputed": disputed(store, families, lang),
        "notices": list(store.db.table("notices").rows),
    }


def waiting(store: Store, families: Families, lang: Lang) -> list[dict[str, Any]]:
    """Records with edits in the outbox: {type, id, title, edits, since}."""
    sql = "SELECT type, record, count(*), min(seq), body FROM outbox GROUP BY record ORDER BY min(seq)"
    return [
        {
            "type": type,
            "id": record,
            "title": families.title(type, record, lang),
            "edits": edits,
            "since": clock.iso(unpack(orjson.loads(body)["at"])[0]),
        }
        for type, record, edits, _, body in store.db.execute(sql).fetchall()
    ]


def to_mend(store: Store, families: Families, lang: Lang) -> list[dict[str, Any]]:
    """Quarantined edits: {op, type, id, title, errors: {label: [sentence]}, values: {label: text}}."""
    return [
        {
            "op": copy["op"],
            "type": copy["type"],
            "id": copy["record"],
            "title": families.title(copy["type"], copy["record"], lang, copy["body"].get("set")),
            "errors": _errors(copy["type"], copy["errors"], lang),
            "values": _values(copy["type"], copy["body"], lang),
        }
        for copy in store.to_mend()
    ]


def disputed(store: Store, families: Families, lang: Lang) -> list[dict[str, Any]]:
    """Records that a person must decide about: {type, id, title, fields: {label: [{value, by, at}]}}."""
    return [
        {
            "type": copy["type"],
            "id": copy["id"],
            "title": families.title(copy["type"], copy["id"], lang),
            "fields": {
                field_label(copy["type"], name, lang): [
                    _candidate(store, copy["type"], name, each, lang) for each in candidates
                ]
                for name, candidates in copy["disputed"].items()
            },
        }
        for copy in store.records("disputed <> '{}'", [])
    ]


def settled(store: Store, said: Sequence[Mapping[str, str]], lang: Lang) -> list[dict[str, Any]]:
    """Ops that the office has decided about: {op, type, id, title, outcome, text}."""
    families = Families(store)
    ops = {each["settled"]: store.db.table("acknowledged").get(each["settled"]) for each in said}
    return [
        {
            "op": op["op"],
            "type": op["type"],
            "id": op["record"],
            "title": families.title(op["type"], op["record"], lang),
            "outcome": op["outcome"],
            "text": say(f"settled.{op['outcome']}", lang),
        }
        for op in ops.values()
    ]


def _candidate(store: Store, type: str, name: str, candidate: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    return {
        "value": value_text(type, name, candidate["value"], lang),
        "by": worker_name(store, candidate.get("by")),
        "at": clock.iso(unpack(candidate["at"])[0]),
    }


def worker_name(store: Store, id: str | None) -> str | None:
    """A worker's name as this tablet knows it: from the reference feed, else from its own team."""
    record = store.record(id) if id else None
    if record:
        return record["fields"].get("name")
    return next((worker["name"] for worker in store["team"]["workers"] if worker["id"] == id), None)


def _errors(type: str, errors: Mapping[str, Sequence[str]], lang: Lang) -> dict[str, list[str]]:
    """Sentences by the label of the field that they are about; the server names elements by dotted paths."""
    told: dict[str, list[str]] = {}
    for path, said in errors.items():
        told.setdefault(field_label(type, path.partition(".")[0], lang), []).extend(said)
    return told


def _values(type: str, body: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    written = {**body.get("set", {}), **body.get("add", {}), **body.get("inc", {})}
    shown = {name: value for name, value in written.items() if not is_reference(type, name)}
    return {field_label(type, name, lang): value_text(type, name, value, lang) for name, value in shown.items()}
