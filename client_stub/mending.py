"""Mending: a quarantined op is written again with the fields that were wrong mended, in the name of the first one.

The server puts the mend in the place of the original: same record, base and stamp. So it goes out under the device
that sent the original, whoever this tablet is by now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from client_stub import clock, edits
from client_stub.edits import Op
from client_stub.labels import field, field_label, field_named
from client_stub.problems import Trouble
from client_stub.store import Store
from client_stub.visits import choose
from client_stub.words import Lang
from schemas import registry
from schemas.ids import new_id
from schemas.wire import PARTS

YES_AND_NO = {"да": True, "yes": True, "true": True, "нет": False, "no": False, "false": False}

Copy = Mapping[str, Any]
"""A marked copy, as `Store.to_mend` gives it."""


def find(store: Store, text: str) -> Copy:
    """The one copy whose op's id ends with a text. Raises Trouble `no_such_copy`."""
    found = [copy for copy in store.to_mend() if copy["op"].endswith(text.lower())]
    if len(found) != 1:
        raise Trouble("no_such_copy", text=text)
    return found[0]


def mend(store: Store, copy: Copy, values: Mapping[str, Any], dropped: Iterable[str] = ()) -> Op:
    """Put the mend of a quarantined op into the outbox and return it.

    ``values``: field → its value, elements or amount instead of the one that was refused; fields ``dropped`` are left
    out. Raises Unfit when something in it is still wrong; then nothing is stored.
    """
    with store.write():
        op = _rewritten(copy, values, dropped) | {
            "op": new_id(),
            "seq": store.next_seq(),
            "at": clock.next_stamp(store),
            "schema": registry.VERSION,
            "mends": copy["op"],
        }
        edits.check(op)
        store.queue(op, copy["device"])
        store.db.table("mend").update(copy["op"], {"mended_by": op["op"]})
    return op


def _rewritten(copy: Copy, values: Mapping[str, Any], dropped: Iterable[str]) -> Op:
    body, described = copy["body"], registry.get(copy["type"])
    touched = {*values, *dropped}
    parts = {part: {name: each for name, each in body.get(part, {}).items() if name not in touched} for part in PARTS}
    for part, written in (described.write(values) if described else {"set": values}).items():
        parts[part] |= written
    return {key: each for key, each in body.items() if key not in PARTS} | {
        key: each for key, each in parts.items() if each
    }


def field_of(copy: Copy, text: str, lang: Lang) -> str:
    """The field that is meant by its name or the beginning of its label. Raises Trouble `no_such_field`."""
    written = dict.fromkeys(name for part in PARTS for name in copy["body"].get(part, {}))
    name = field_named(copy["type"], text, lang) or (text if text in written else None)
    if name is None:
        listed = "; ".join(field_label(copy["type"], each, lang) for each in written)
        raise Trouble("no_such_field", text=text, listed=listed)
    return name


def value_of(copy: Copy, name: str, texts: Sequence[str], lang: Lang) -> Any:
    """What a person typed for a field, as an op writes it: several texts are the elements of a list."""
    described = field(copy["type"], name)
    values = [_value(copy["type"], name, described.get("items", described), text, lang) for text in texts]
    if described.get("type") == "list":
        return values
    if described.get("merge") == "states":
        before = copy["body"].get("set", {}).get(name)
        return {"from": before.get("from") if isinstance(before, dict) else None, "to": values[-1]}
    return values[-1]


def _value(type: str, name: str, described: Mapping[str, Any], text: str, lang: Lang) -> Any:
    match described.get("type"):
        case "enum":
            return choose(type, name, text, lang)
        case "boolean":
            return YES_AND_NO.get(text.casefold(), text)
        case "integer" | "number":
            return _read(text.replace(",", "."))
        case "object":
            return _read(text)
        case _:
            return text


def _read(text: str) -> Any:
    """JSON; what is none stays text, which the record type refuses in words."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
