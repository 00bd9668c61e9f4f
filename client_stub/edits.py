"""How an edit becomes an op in the outbox, which it leaves only once the server has acknowledged it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from client_stub import clock
from client_stub.labels import field_label
from client_stub.problems import Trouble
from client_stub.store import Store
from client_stub.view import View
from client_stub.words import Lang, say
from schemas import messages, registry
from schemas.ids import new_id
from schemas.wire import MAX_OP_BYTES

Op = dict[str, Any]


class Unfit(Trouble):
    """What was written cannot be what was meant: the record type refuses it, and so would the server."""

    def __init__(self, type: str, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__("unfit")
        self.type = type
        self.errors = errors

    def say(self, lang: Lang) -> str:
        told = (
            f"{field_label(self.type, name, lang)}: {' '.join(messages.say(code, lang) for code in codes)}"
            for name, codes in self.errors.items()
        )
        return say("trouble.unfit", lang, errors="; ".join(told))


def write(
    store: Store,
    type: str,
    record: str,
    change: Mapping[str, Any],
    opened: View | None = None,
    feed: str | None = None,
    by: str | None = None,
) -> Op:
    """Put one op into the outbox and return it.

    ``change`` holds `set`, `add`, `remove`, `inc`, `delete`, `over` as they go on the wire; ``opened`` is the
    record as it was on screen when the form was opened (None: it is new); ``feed`` places a record that no
    family or territory places yet; ``by`` is the worker who writes, by default whoever carries the tablet.
    Raises Unfit, or Trouble `op_too_large` when the op is larger than a server takes; then nothing is stored.
    """
    epoch = opened.epoch if opened else store["epoch"]
    with store.write():
        op = {
            "op": new_id(),
            "type": type,
            "id": record,
            "seq": store.next_seq(),
            "epoch": epoch,
            "base": max(opened.rev if opened else 0, store.highest_base(record, epoch)),
            "at": clock.next_stamp(store),
            "schema": registry.VERSION,
            **{key: value for key, value in {"by": by or store["worker"], "feed": feed}.items() if value},
            **change,
        }
        check(op)
        store.queue(op)
    return op


def save(
    store: Store, type: str, record: str, change: Mapping[str, Any], opened: View, by: str | None = None
) -> list[Op]:
    """Write what a form changed of a record on screen: one op, and one more for each field that is in dispute.

    An op on a disputed field names the candidates that were on screen (`over`) and writes that field alone.
    """
    with store.write():
        return [write(store, type, record, part, opened, by=by) for part in _apart(change, opened.disputed)]


def _apart(change: Mapping[str, Any], disputed: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    values = change.get("set", {})
    plain = {name: value for name, value in values.items() if name not in disputed}
    rest = {**change, "set": plain} if plain else {part: each for part, each in change.items() if part != "set"}
    if rest:
        yield rest
    for name in values:
        if name in disputed:
            yield {"set": {name: values[name]}, "over": [candidate["op"] for candidate in disputed[name]]}


def check(op: Op) -> None:
    """Raises Unfit, or Trouble `op_too_large`."""
    described = registry.get(op["type"])
    errors = described.check(op)[1] if described else {}
    if errors:
        raise Unfit(op["type"], errors)
    if len(orjson.dumps(op)) > MAX_OP_BYTES:
        raise Trouble("op_too_large")
