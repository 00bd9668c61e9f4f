"""The queue of what waits for a decision, and one matter of it: each kind has a page of its own, at one address."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from server import attention
from server.db import reading
from server.reading import disputes as reading_disputes
from server.reading import matters, places, queue
from server.reading.matters import BREACHES, KINDS
from server.reading.paging import Page
from server.reading.queue import Wanted
from server.repeats import Busy
from server.roles import Right
from server.web import asking, breaches, disputes, orphans, proposals, saturated, signed, silent, twins
from server.web.forms import choice, one_of, own_path, page_number
from server.web.guard import needs, person
from server.web.show import my_reach, words
from server.web.typed import Unfit

pages = Blueprint("queue", __name__, url_prefix="/queue")
MOST = 200
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
    wanted, number = _wanted(), page_number()
    rows, known = queue.lines(my_reach(), words(), wanted, number)
    counts = queue.counts(my_reach(), wanted)
    total = counts[wanted.kind] if wanted.kind else sum(counts.values())
    return render_template(
        "queue.html",
        page=Page(rows, total, number),
        known=known,
        wanted=wanted,
        kind=wanted.kind,
        counts=counts,
        places=places.places(my_reach()),
    )


@pages.get("/decided")
def decided_page() -> ResponseReturnValue:
    """The расхождения that were decided last: each can be looked at and undone on its page."""
    found, known = reading_disputes.decided(my_reach(), words())
    return render_template("decided.html", found=found, known=known)


@pages.post("/assign")
def assign() -> ResponseReturnValue:
    """Gives what was ticked to somebody of the office, or to nobody."""
    to = request.form.get("to") or None
    if to is not None and to not in dict(asking.my_colleagues()):
        flash(_("The form is damaged. Open the page once more."), "warn")
    else:
        reach = my_reach()
        with reading() as connection:
            keys = [each.key for each in matters.several(_ticked(), reach, connection)]
        given = attention.assign(keys, to)
        flash(ngettext("%(num)s matter is given.", "%(num)s matters are given.", given))
    return redirect(own_path(request.form.get("next", "/queue")))


@pages.post("/suggested")
@needs(Right.DECIDE)
def take_suggested() -> ResponseReturnValue:
    """Takes what is suggested in each of those that were ticked, where the field cannot tell who somebody is."""
    pairs = [each.partition(" ") for each in request.form.getlist("seen")]
    seen = {key: rev for rev, _space, key in pairs}
    done = disputes.take_suggested({key: seen[key] for key in _ticked() if key in seen})
    flash(ngettext("%(num)s matter is decided.", "%(num)s matters are decided.", done))
    if left := len(set(_ticked())) - done:
        flash(ngettext("%(num)s was left to be looked at.", "%(num)s were left to be looked at.", left))
    return redirect(own_path(request.form.get("next", "/queue")))


@pages.post("/ask/<path:key>")
def ask(key: str) -> ResponseReturnValue:
    """Asks the team: a notice to the tablets that wrote, or to those that read the record."""
    try:
        flash(asking.ask(key))
    except Unfit as error:
        flash(str(error), "warn")
    return redirect(url_for("queue.page", key=key))


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


def _wanted() -> Wanted:
    assigned = {"me": person().id, "nobody": ""}.get(choice("assigned") or "", choice("assigned"))
    return Wanted(one_of("kind", KINDS), choice("territory"), assigned)


def _ticked() -> list[str]:
    return request.form.getlist("matter")[:MOST]


def _module(key: str) -> ModuleType:
    return _OF_KEY.get(key.partition(":")[0]) or abort(404)
