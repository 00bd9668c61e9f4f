"""A tablet that has fallen silent: nothing to decide here, its own page says whom to call and what can be done."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue


def page(key: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    """The tablet's page."""
    return redirect(url_for("tablets.page", tablet=key.partition(":")[2]))


def decide(key: str, form: Mapping[str, str]) -> ResponseReturnValue:
    """The entry closes by itself, when the tablet is in touch or was revoked."""
    abort(405)
