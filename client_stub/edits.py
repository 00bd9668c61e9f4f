"""How an edit becomes an op in the outbox, which it leaves only once the server has acknowledged it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        _check(op)
        store.queue(op)
    return op


def _check(op: Op) -> None:
    described = registry.get(op["type"])
    errors = described.check(op)[1] if described else {}
    if errors:
        raise Unfit(op["type"], errors)
    if len(orjson.dumps(op)) > MAX_OP_BYTES:
        raise Trouble("op_too_large")
