"""Opening a family outside one's scope: with its number, for a stated reason, for a time."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server import clock, openings
from server.web.guard import person
from server.web.show import words

pages = Blueprint("openings", __name__, url_prefix="/openings")


@pages.get("")
def page() -> ResponseReturnValue:
    """The form, and what is open now."""
    return _page()


@pages.post("")
def open_family() -> ResponseReturnValue:
    """Opens the family and goes to its card, or says why not."""
    try:
        family = openings.open_family(person().id, request.form.get("number", ""), request.form.get("reason", ""))
    except openings.NoReason:
        return _page(_("Write the reason in a few words: who asks, and for what."), 422)
    except openings.NotFound:
        return _page(_("No family with this number can be opened. Look at the number, or ask its district."), 404)
    return redirect(url_for("families.card", record=family))


def _page(error: str | None = None, status: int = 200) -> ResponseReturnValue:
    opened = openings.of(person().id, clock.now())
    hours = current_app.config["VYEZD"].opening_hours
    return render_template("openings.html", error=error, opened=opened, hours=hours, known=words()), status
