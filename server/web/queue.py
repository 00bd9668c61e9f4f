"""The queue of what waits for a decision, and one matter of it: each kind has a page of its own, at one address."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server.intake import Busy
from server.reading import queue
from server.reading.matters import BREACHES, KINDS
from server.roles import Right
from server.web import breaches, disputes, orphans, proposals, saturated, signed, silent, twins
from server.web.forms import one_of, page_number
from server.web.guard import needs
from server.web.show import counted, my_reach, words
from server.web.typed import Unfit

pages = Blueprint("queue", __name__, url_prefix="/queue")
# the first part of a matter's key (attention.py) → the module that has `page` and `decide`
_OF_KEY = {
    "disputed": disputes,
    "revived": disputes,
    "same": twins,
    "signed": signed,
    "orphan": orphans,
    "proposal": proposals,
    "saturated": saturated,
    **dict.fromkeys((*BREACHES, *KINDS["overdue"]), breaches),
    "silent": silent,
}


@pages.get("")
def list_page() -> ResponseReturnValue:
    """What is open, the longest waiting first."""
    kind, number = one_of("kind", KINDS), page_number()
    rows, known = queue.lines(my_reach(), words(), kind, number)
    page = queue.page_of(rows, counted(), kind, number)
    return render_template("queue.html", page=page, known=known, kind=kind, counts=counted())


@pages.get("/<path:key>")
def page(key: str) -> ResponseReturnValue:
    """One matter: decided or to be decided."""
    return _module(key).page(key)


@pages.post("/<path:key>")
@needs(Right.DECIDE)
def decide(key: str) -> ResponseReturnValue:
    """Carries out what was decided, unless somebody was faster."""
    module = _module(key)
    try:
        return module.decide(key, request.form)
    except Unfit as error:
        return module.page(key, str(error), 422)
    except Busy:
        return module.page(key, _("The server is busy. The decision is stored and takes effect in a minute."), 503)


def _module(key: str) -> ModuleType:
    return _OF_KEY.get(key.partition(":")[0]) or abort(404)
