"""Which tablet is speaking: a bearer token, looked up by its hash."""

from __future__ import annotations

from typing import Any

from flask import request

from server import devices
from server.problems import Problem


def device() -> Any:
    """The row of the tablet that sent this request, revoked ones included. Raises Problem unauthorized."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    row = devices.by_token(token.strip()) if scheme.lower() == "bearer" and token else None
    if row is None:
        raise Problem("unauthorized")
    return row


def reader() -> Any:
    """The same for what only a trusted tablet may do. Raises Problem unauthorized, revoked."""
    row = device()
    if row.revoked_at is not None:
        raise Problem("revoked", revoked=True)
    return row
