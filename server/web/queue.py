"""The queue of расхождения, one of them with its candidates side by side, and the decision, which is one more op."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server import notices, office, people
from server.intake import Busy
from server.reading import queue
from server.reading.queue import Matter
from server.reading.words import Words
from server.web import decision
from server.web.forms import page_number
from server.web.guard import admins_only, person
from server.web.show import my_reach, places_of, words

pages = Blueprint("queue", __name__, url_prefix="/queue")


@pages.get("")
def list_page() -> ResponseReturnValue:
    """What is open, the longest waiting first."""
    page, known = queue.matters(my_reach(), words(), page_number())
    return render_template("queue.html", page=page, known=known)


@pages.get("/<path:key>")
def page(key: str) -> ResponseReturnValue:
    """One matter: decided or to be decided."""
    matter, known = _found(key)
    return _page(matter, known)


@pages.post("/<path:key>")
@admins_only
def decide(key: str) -> ResponseReturnValue:
    """Writes the decision as an op that has seen what was on screen and nothing later."""
    matter, known = _found(key)
    if not matter.is_open:
        return _page(matter, known, _("Somebody was faster: this is decided already. Nothing was changed."), 409)
    try:
        change = decision.read(matter, request.form)
    except decision.Unfit as error:
        return _page(matter, known, str(error), 422)
    try:
        (result,) = office.write(people.author(person()), [change])
    except Busy:
        return _page(matter, known, _("The server is busy. The decision is stored and takes effect in a minute."), 503)
    _tell_authors(matter, known)
    if result.outcome == "conflict":
        flash(_("The decision is recorded, but another value has arrived meanwhile. Decide once more."))
        return redirect(url_for("queue.page", key=key))
    flash(_("The decision is recorded. Tablets get it when they next sync."))
    return redirect(url_for("queue.list_page"))


def _found(key: str) -> tuple[Matter, Words]:
    return queue.matter(key, my_reach(), words()) or abort(404)


def _page(matter: Matter, known: Words, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    own = decision.own_field(matter)
    page = render_template("matter.html", matter=matter, known=known, warning=warning, own=own, choices=places_of(own))
    return page, status


def _tell_authors(matter: Matter, known: Words) -> None:
    """The remark goes to the tablets whose values stood against each other."""
    remark = request.form.get("remark", "").strip()[: decision.REMARK]
    if remark:
        what = f"{known.title(matter.record.type)}: {known.label(matter.record.type, matter.field)}"
        for tablet in queue.tablets_of(matter):
            notices.send(tablet, "decided", f"{what}. {remark}", matter.record.id)
