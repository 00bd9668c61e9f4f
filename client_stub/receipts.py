"""Receipts: the server's signature under what came in a batch and what became of it, checked without a connection.

The key is the one that the enrolment told (`server_keys.sign`). What a receipt covers is kept as ids and digests, so
that it can be checked again when the ops themselves can no longer be read.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from client_stub.handover import Waiting
from client_stub.problems import Trouble
from client_stub.report import Result
from client_stub.store import Store, text
from schemas.digest import canonical, sha256_hex
from schemas.receipts import ALGORITHM, statement

_SIGNED = jwt.PyJWS(algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that was found good. ``ops``: {op, seq, sha256, outcome} in the order of `seq`."""

    device: str
    ops: list[dict[str, Any]]
    text: str


def check(
    store: Store, device: str, batch: Sequence[Waiting], results: Iterable[Result], receipt: str | None
) -> Receipt:
    """The receipt of a batch that ``device`` sent. Raises Trouble `bad_receipt`: then nothing of the answer counts."""
    outcomes = {result.op: result.outcome for result in results}
    readable = [orjson.loads(waiting.body) for waiting in batch if not waiting.kept and waiting.op in outcomes]
    decided = [(op, outcomes[op["op"]]) for op in readable if _is_exact(op)]
    try:
        signed = _SIGNED.decode(receipt or "", _key(store), [ALGORITHM])
    except (jwt.InvalidTokenError, ValueError) as error:
        raise Trouble("bad_receipt") from error
    if signed != canonical(statement(device, decided)):
        raise Trouble("bad_receipt")
    return Receipt(device, [_line(op, outcome) for op, outcome in decided], receipt or "")


def _key(store: Store) -> Ed25519PublicKey:
    raw = store["server_keys"]["sign"]
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))


def _is_exact(op: Mapping[str, Any]) -> bool:
    """Whether both sides write this op alike (RFC 8785); others have no place in a receipt."""
    try:
        canonical(op)
    except ValueError:
        return False
    return True


def _line(op: Mapping[str, Any], outcome: str) -> dict[str, Any]:
    return {"op": op["op"], "seq": op["seq"], "sha256": sha256_hex(canonical(op)), "outcome": outcome}


def keep(store: Store, batch: str, receipt: Receipt) -> None:
    """Store a receipt under its batch, unless it is about nothing."""
    if receipt.ops:
        named = {"batch": batch, "device": receipt.device, "at": store["synced_at"]}
        store.db.table("receipts").insert(named | {"ops": text(receipt.ops), "receipt": receipt.text})


def kept(store: Store) -> list[dict[str, Any]]:
    """All receipts, the latest first: {batch, device, at, ops, receipt}."""
    rows = store.db.table("receipts").rows_where(order_by="at desc, batch desc")
    return [row | {"ops": orjson.loads(row["ops"])} for row in rows]
