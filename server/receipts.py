"""Receipts: our signature under what came in a batch and what became of it, for the tablet to keep and to show."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import jwt
import orjson
from flask import current_app

from schemas.digest import canonical
from schemas.receipts import ALGORITHM, Term, statement_of, term
from server.intake import Result
from server.keys import Keys

_SIGNER = jwt.PyJWS(algorithms=[ALGORITHM])


def write(device: str, raws: Sequence[bytes], results: Sequence[Result]) -> str:
    """The receipt of a batch: a compact JWS over the readable ops, each once."""
    keys: Keys = current_app.extensions["vyezd.keys"]
    readable = {result.op: (raw, result) for raw, result in zip(raws, results, strict=True) if result.op}
    terms = [(result.term or _term(raw), result.outcome) for raw, result in readable.values()]
    decided = [(each, outcome) for each, outcome in terms if each is not None]
    payload = canonical(statement_of(device, decided))
    return _SIGNER.encode(payload, keys.sign, algorithm=ALGORITHM, headers={"kid": key_id(keys)})


def key_id(keys: Keys) -> str:
    """Names the key that signed: the first 16 hex digits of the SHA-256 of the public key."""
    return sha256(keys.sign_public.encode()).hexdigest()[:16]


def _term(raw: bytes) -> Term | None:
    """Of an op that both sides can write canonically; others have no place in a receipt."""
    try:
        content = orjson.loads(raw)
        has_seq = isinstance(content, dict) and type(content.get("seq")) is int
        return term(content) if has_seq else None
    except ValueError:
        return None
