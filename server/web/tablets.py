"""The tablets of the teams: when each was last here, what is wrong with it, what was on it; and its end."""

from __future__ import annotations

import segno
from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from server import audit, clock, devices, incidents, tokens
from server.reading import incident, places, tablets
from server.reading.tablets import Tablet
from server.roles import Right
from server.web.guard import needs, person
from server.web.show import my_reach, words

pages = Blueprint("tablets", __name__, url_prefix="/tablets")
REASON_LENGTH = 500


@pages.get("")
def list_page() -> ResponseReturnValue:
    """Every tablet, the longest silent first."""
    seen = tablets.tablets(my_reach(), clock.now())
    return render_template("tablets.html", tablets=seen, teams=places.teams(my_reach()), known=words())


@pages.post("/code")
@needs(Right.DEVICES)
def code() -> ResponseReturnValue:
    """A one-time code for a team's next tablet, as signs and as a QR code for its camera; shown once."""
    team = request.form.get("team", "")
    if team not in {id for id, _name in places.teams(my_reach())}:
        flash(_("Choose a team."))
        return redirect(url_for("tablets.list_page"))
    one_time, expires = devices.new_code(team, person().id)
    audit.record("code", who=person().id, subject=team)
    address = url_for("tablet_app.entrance", _external=True) + f"#/enrol/{one_time}"
    picture = Markup(segno.make(address, micro=False, error="m").svg_inline(scale=6, border=4, title=_("QR code")))
    context = {"code": one_time, "expires": expires, "address": address, "picture": picture}
    return render_template("enrolment.html", team=team, known=words(), **context)


@pages.get("/<tablet>")
def page(tablet: str) -> ResponseReturnValue:
    """One tablet, and what an admin may do about it."""
    return _page(_found(tablet))


@pages.post("/<tablet>")
@needs(Right.DEVICES)
def act(tablet: str) -> ResponseReturnValue:
    """Revokes it, has it erased at once, or has its token changed."""
    found, action = _found(tablet), request.form.get("action")
    if action == "token" and not found.revoked_at:
        tokens.change(found.id)
        flash(_("The token is changed when the tablet is next in touch."))
        return redirect(url_for("tablets.page", tablet=tablet))
    if action not in ("revoke", "erase") or (found.revoked_at and action == "revoke") or found.drained_at:
        return _page(found, _("This has been done already. Nothing was changed."), 409)
    reason = request.form.get("reason", "").strip()[:REASON_LENGTH]
    if not reason:
        return _page(found, _("Say why: it is kept in the audit."), 422)
    if action == "erase" and not request.form.get("sure"):
        return _page(found, _("Confirm that what was not sent may be lost."), 422)
    devices.revoke(found.id, who=person().id, reason=reason, erase=action == "erase")
    flash(_("The tablet is revoked: it reads nothing from now on."))
    return redirect(url_for("tablets.page", tablet=tablet))


@pages.get("/<tablet>/incident")
@needs(Right.DECIDE)
def incident_page(tablet: str) -> ResponseReturnValue:
    """What was on it, and the draft of a notice."""
    found = _found(tablet)
    held, known = incident.contents(found.id, my_reach(), words(), clock.today())
    draft = incidents.notice(found, held, current_app.config["VYEZD"].timezone, clock.now(), None)
    return render_template("incident.html", tablet=found, held=held, known=known, notice=draft)


def _found(tablet: str) -> Tablet:
    return tablets.find(tablet, my_reach(), clock.now()) or abort(404)


def _page(tablet: Tablet, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    return render_template("tablet.html", tablet=tablet, known=words(), warning=warning), status
