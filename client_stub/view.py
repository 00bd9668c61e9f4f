"""What the screen shows of a record: the server's copy with this tablet's own unsent ops laid over it.

No merging happens here, only laying over: the register is the server's. An op that the server has
acknowledged goes on being laid over until a pull brings the revision that holds it, so nothing vanishes from
the screen in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from client_stub.store import Store
from schemas import registry
from schemas.digest import canonical
from schemas.kinds import Kind, Rules

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """A record on screen. ``rev`` and ``epoch`` are the server's (0: it has none yet); ``unsent`` counts the
    outbox's ops.
    """

    type: str
    id: str
    rev: int
    epoch: str
    fields: Fields
    disputed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    incomplete: list[str] = field(default_factory=list)
    unsent: int = 0
    deleted: bool = False


def look(store: Store, id: str) -> View | None:
    """The record ``id`` as it stands on this tablet, or None when the tablet knows nothing of it."""
    return _view(store, id, store.record(id), store.unshown_ops("record", id))


def every(store: Store, type: str) -> list[View]:
    """All records of a type, deleted ones left out."""
    copies = {row["id"]: row for row in store.records("type = ?", [type])}
    ops: dict[str, list[dict[str, Any]]] = {}
    for op in store.unshown_ops("type", type):
        ops.setdefault(op["body"]["id"], []).append(op)
    views = [_view(store, id, copies.get(id), ops.get(id, [])) for id in sorted(copies.keys() | ops.keys())]
    return [view for view in views if view and not view.deleted]


def _view(store: Store, id: str, copy: Mapping[str, Any] | None, ops: list[dict[str, Any]]) -> View | None:
    if not copy and not ops:
        return None
    bodies = [op["body"] for op in ops]
    type = copy["type"] if copy else bodies[0]["type"]
    deletions = [body["delete"] for body in bodies if "delete" in body]
    return View(
        type=type,
        id=id,
        rev=copy["rev"] if copy else 0,
        epoch=copy["epoch"] if copy else store["epoch"],
        fields=lay_over(copy["fields"] if copy else {}, bodies, registry.rules(type) if registry.get(type) else {}),
        disputed=copy["disputed"] if copy else {},
        incomplete=copy["incomplete"] if copy else [],
        unsent=sum(not op["sent"] for op in ops),
        deleted=bool(deletions and deletions[-1]),
    )


def lay_over(fields: Mapping[str, Any], ops: Iterable[Mapping[str, Any]], rules: Rules) -> Fields:
    """``fields`` with ops laid over them in order: `set` replaces, `add` joins or appends, `remove` takes
    out, `inc` counts.
    """
    shown = dict(fields)
    for op in ops:
        for name, value in op.get("set", {}).items():
            shown[name] = value["to"] if value and _kind(rules, name) is Kind.STATES else value
        for name, values in op.get("add", {}).items():
            add = _append if _kind(rules, name) is Kind.LOG else _join
            shown[name] = add(shown.get(name) or [], values, op)
        for name, values in op.get("remove", {}).items():
            taken = {canonical(value) for value in values}
            shown[name] = [value for value in shown.get(name) or [] if canonical(value) not in taken]
        for name, amount in op.get("inc", {}).items():
            shown[name] = (shown.get(name) or 0) + amount
    return {name: value for name, value in shown.items() if value is not None}


def rules_of(type: str) -> Rules:
    """How a type's fields merge; nothing is known of a type that is newer than this client."""
    return registry.rules(type) if registry.get(type) else {}


def _kind(rules: Rules, name: str) -> Kind | None:
    return rules[name].kind if name in rules else None


def _append(entries: list[Any], values: list[Any], op: Mapping[str, Any]) -> list[Any]:
    signed = {"op": op["op"], "at": op["at"], "by": op.get("by")}
    return entries + [signed | {"i": i, "value": value} for i, value in enumerate(values)]


def _join(elements: list[Any], values: list[Any], op: Mapping[str, Any]) -> list[Any]:
    known = {canonical(element) for element in elements}
    return elements + [value for value in values if canonical(value) not in known]
