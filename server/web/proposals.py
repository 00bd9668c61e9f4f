"""A proposal: what a tablet wrote in fields that only the office writes. It is taken over or turned down as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from server.reading import proposals
from server.reading.proposals import Proposal
from server.reading.words import Words
from server.web import settling
from server.web.show import my_reach, words


def page(key: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Settled or to be settled."""
    found, known = _found(key)
    return render_template("proposal.html", found=found, op=found.op, known=known, warning=warning), status


def decide(key: str, form: Mapping[str, str]) -> ResponseReturnValue:
    """Releases or rejects the op. Raises Unfit, Busy."""
    found, known = _found(key)
    return settling.settle(found.op, known, form, "queue.list_page", lambda *said: page(key, *said))


def _found(key: str) -> tuple[Proposal, Words]:
    return proposals.find(key, my_reach(), words()) or abort(404)
