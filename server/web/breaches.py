"""What a rule across records found: which records, what is wrong with them together, what to do. There is nothing to
press: it closes by itself once a record is corrected, by the team or on the record's own page."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from server.reading import breaches
from server.web.show import my_reach, words


def page(key: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Open or closed by now."""
    found, known = breaches.find(key, my_reach(), words()) or abort(404)
    return render_template("breach.html", found=found, known=known, warning=warning), status


def decide(key: str, form: Mapping[str, str]) -> ResponseReturnValue:
    """Nothing is decided here."""
    abort(405)
