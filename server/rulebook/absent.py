"""References to records that have not arrived: what the office, an import or a released op named, and is not there.

(A tablet's op that names such a record waits for it by itself; see scope.py.) The matter is the missing record: it
closes when that arrives, or when nobody names it any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import select

from server import reference, shapes
from server.bulk import among
from server.models import Attention, Record
from server.register import Held
from server.rulebook.base import Fields, Finding, Judged, Rule, View, versions

KIND = "absent"
_RECORD, _ATTENTION = Record.__table__.c, Attention.__table__.c


def _keys(view: View, changed: Sequence[Held]) -> set[str]:
    """The ids that changed records name and that are not among those at hand, and those of records that came to be."""
    named = {id for held in changed for fields in versions(held) for id in names(held.type, fields)}
    new = {held.id for held in changed if not held.stored}
    known = reference.current()
    return {id for id in named if view.register.get(id) is None and not known.has(id)} | new


def names(type_name: str, fields: Fields) -> Iterator[str]:
    """The ids that a record names."""
    for field in shapes.of(type_name).refs:
        value = fields.get(field)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield each
            elif isinstance(each, dict) and isinstance(each.get("value"), str):
                yield each["value"]


def _judge(view: View, keys: set[str]) -> Judged:
    judged = Judged(set(keys))
    missing = sorted(_not_there(view, {id for id in keys if view.register.get(id) is None}))
    if not missing:
        return judged
    naming = _naming(view, missing)
    found = view.records({id for ids in naming.values() for id in ids})
    for id in missing:
        records = sorted(each for each in naming.get(id, ()) if each in found and _still_names(found[each], id))
        if records:
            judged.findings.append(Finding(KIND, id, None, {"records": records}))
    return judged


def _not_there(view: View, ids: set[str]) -> set[str]:
    return ids - set(view.connection.scalars(select(_RECORD.id).where(among(_RECORD.id, sorted(ids)))))


def _naming(view: View, missing: Sequence[str]) -> dict[str, set[str]]:
    """Missing id → records that named it before this transaction or changed in it."""
    naming: dict[str, set[str]] = {id: set() for id in missing}
    query = select(_ATTENTION.record, _ATTENTION.detail).where(_ATTENTION.kind == KIND, _ATTENTION.state == "open")
    for row in view.connection.execute(query.where(among(_ATTENTION.record, missing))):
        naming[row.record] |= set(orjson.loads(row.detail)["records"])
    for held in view.register.dirty:
        for id in naming.keys() & set(names(held.type, held.fields)):
            naming[id].add(held.id)
    return naming


def _still_names(record: Any, id: str) -> bool:
    return not record.deleted and id in set(names(record.type, record.fields))


RULE = Rule(KIND, None, _keys, _judge)
