"""One `POST /sync` under one identity: what goes out, the answer with its receipt, and what it says of ops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from client_stub import clock, kept, photos, receipts
from client_stub.handover import Waiting
from client_stub.problems import Trouble
from client_stub.receipts import Receipt
from client_stub.report import Result
from client_stub.store import Store
from client_stub.transport import Answer, Server
from schemas import registry
from schemas.ids import new_id

APP = "python"

Digests = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was answered: the batch that went out, whether digests went along, the answer as it is proven."""

    id: str
    batch: list[Waiting]
    cursor: str | None
    compared: bool
    answer: Answer
    results: list[Result]
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class News:
    """What an answer changed beside the results: ops settled, notices, and how many ops are due to be offered again."""

    settled: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    due: int


def say_drained(store: Store, server: Server) -> bool:
    """Tell the server that this revoked tablet holds nothing that it lacks; True when it has heard. Raises Trouble."""
    asked = orjson.loads(_request(store, new_id(), [], None, 1, {})) | {"drained": True}
    return bool(server.sync(orjson.dumps(asked)).body.get("drained", False))


def send(
    store: Store, server: Server, device: str, batch: list[Waiting], cursor: str | None, limit: int, digests: Digests
) -> Exchange:
    """Push a batch. Raises Trouble: `unanswered`, `bad_receipt`, and what a link or a refusal may be."""
    id = new_id()
    answer = server.sync(_request(store, id, batch, cursor, limit, digests))
    results = _results(answer.body["results"], batch)
    if batch and not results:
        raise Trouble("unanswered")
    receipt = receipts.check(store, device, batch, results, answer.body.get("receipt"))
    return Exchange(id, batch, cursor, bool(digests), answer, results, receipt)


def _request(store: Store, id: str, batch: list[Waiting], cursor: str | None, limit: int, digests: Digests) -> bytes:
    """The body. The ops go out byte for byte as the outbox holds them."""
    return orjson.dumps(
        {
            "batch": id,
            "device_time": clock.device_time(),
            "cursor": cursor,
            "limit": limit,
            "ops": [orjson.Fragment(waiting.body) for waiting in batch],
            "digests": digests,
            "status": _status(store),
            "drained": False,
        }
    )


def _status(store: Store) -> dict[str, Any]:
    """What the tablet says of itself."""
    waiting = {"outbox": store.waiting(), "photos_waiting": photos.standing(store)["waiting"]}
    return {"app": APP, "schema": registry.VERSION} | waiting


def _results(said: Sequence[Mapping[str, Any]], batch: Sequence[Waiting]) -> list[Result]:
    """Results with the ops they speak of; an op that the server could not read is found by its place."""
    sent = {waiting.op: waiting for waiting in batch}
    return [_result(result, sent.get(result["op"]) or batch[result["index"]]) for result in said]


def _result(said: Mapping[str, Any], of: Waiting) -> Result:
    return Result(of.op, of.type, of.record, said["outcome"], said.get("rev"), said.get("errors", {}), of.kept)


def settle(store: Store, done: Exchange) -> News:
    """Store what became of ops, sent now or earlier, and the receipt for it. Call it within `write`."""
    said, before = done.answer.body, store["epoch"]
    store.set(epoch=said["epoch"], synced_at=said["server_time"])
    due = kept.to_offer(store) if said["epoch"] != before else 0
    for result in done.results:
        if result.outcome == "quarantined":
            store.set_aside(result.op, result.errors)
        kept.keep(store, result.op, result.rev)
        store.acknowledge(result.op, result.outcome, result.rev)
    receipts.keep(store, done.id, done.receipt)
    settled = [each for each in said["settled"] if store.settle(each["settled"], each["outcome"])]
    return News(settled, store.keep_notices(said["notices"]), due)
