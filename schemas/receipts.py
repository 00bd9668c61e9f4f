"""What a receipt says: that these very ops came to the server, and what became of each. Both sides compute it alike.

The receipt itself is a compact JWS (RFC 7515) with the server's Ed25519 key; its payload is `statement`. It holds no
time, so that a repeated batch is given the same receipt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from schemas.digest import canonical

ALGORITHM = "EdDSA"


Term = tuple[int, str, bytes]
"""What a receipt takes of an op: its seq, its id, the SHA-256 of its RFC 8785 form."""


def term(op: Mapping[str, Any]) -> Term:
    """What a receipt takes of this op. Raises ValueError for what has no RFC 8785 form."""
    return op["seq"], str(op["op"]), sha256(canonical(op)).digest()


def statement(device: str, decided: Iterable[tuple[Mapping[str, Any], str]]) -> dict[str, Any]:
    """The payload for a device's ops with their outcomes: see `statement_of`."""
    return statement_of(device, [(term(op), outcome) for op, outcome in decided])


def statement_of(device: str, decided: Iterable[tuple[Term, str]]) -> dict[str, Any]:
    """The payload for a device's ops with their outcomes, in the order of seq: `{"device", "ops", "sha256",
    "outcomes"}`.

    `sha256` is the hex SHA-256 over, op by op, the op's id and the SHA-256 of its RFC 8785 form (protocol, "Receipts").
    """
    ordered = sorted(decided)
    whole = sha256()
    for (_, op, digest), _ in ordered:
        whole.update(op.encode() + digest)
    outcomes = [outcome for _, outcome in ordered]
    return {"device": device, "ops": len(ordered), "sha256": whole.hexdigest(), "outcomes": outcomes}
