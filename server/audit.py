"""The audit: who read or wrote what, took it out, was refused, signed in or decided. One way in: `record`."""

from __future__ import annotations

from typing import Any

from flask import g

OPERATOR, SERVER, NOBODY = "operator", "server", "nobody"


def record(
    action: str,
    *,
    who: str,
    subject: str | None = None,
    family: str | None = None,
    reason: str | None = None,
    **details: Any,
) -> None:
    """Notes a deed, also in the middle of a transaction."""
    row = {"action": action, "who": who, "subject": subject, "family": family, "reason": reason, "details": details}
    g.setdefault("audit", []).append(row)
