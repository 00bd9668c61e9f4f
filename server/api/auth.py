"""Which tablet is speaking: a bearer token, looked up by its hash."""

from __future__ import annotations

from typing import Any

from flask import request

from server import devices
from server.problems import Problem


def device() -> Any:
    """The row of the tablet that sent this request, revoked ones included. Raises Problem unauthorized."""
    row = devices.by_token(_bearer())
    if row is None:
        raise Problem("unauthorized")
    return row


def pusher() -> tuple[Any, bool]:
    """The row of the tablet that hands in, and whether it may also read: with a push token it may not. Raises Problem
    unauthorized."""
    row = devices.by_push_token(_bearer())
    return (device(), True) if row is None else (row, False)


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def reader() -> Any:
    """The same for what only a trusted tablet may do. Raises Problem unauthorized, revoked."""
    row = device()
    if row.revoked_at is not None:
        raise Problem("revoked", revoked=True)
    return row
