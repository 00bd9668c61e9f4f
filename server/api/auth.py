"""Which tablet is speaking: a bearer token, looked up by its hash."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from server import audit, tokens
from server.problems import Problem

REFUSALS = {400, 403, 404, 410, 413, 422}


def device() -> Any:
    """The row of the tablet that sent this request, revoked ones included. Raises Problem unauthorized."""
    return _known(tokens.owner(_bearer()))


def pusher() -> tuple[Any, bool]:
    """The row of the tablet that hands in, and whether it may also read: with a push token it may not. Raises Problem
    unauthorized."""
    row = tokens.pusher(_bearer())
    return (device(), True) if row is None else (_known(row), False)


def _known(row: Any) -> Any:
    if row is None:
        raise Problem("unauthorized")
    g.device = row.id
    return row


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def note_refusal(answer: Response) -> Response:
    """What a known tablet was refused goes into the audit."""
    if "device" in g and answer.status_code in REFUSALS:
        audit.record("refused", who=g.device, page=request.endpoint, status=answer.status_code)
    return answer


def reader() -> Any:
    """The same for what only a trusted tablet may do. Raises Problem unauthorized, revoked."""
    row = device()
    if row.revoked_at is not None:
        raise Problem("revoked", revoked=True)
    return row
