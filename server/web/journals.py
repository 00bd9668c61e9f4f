"""The journal of a month is handed in: what still hinders it, the figures frozen under a number, what came after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from schemas import registry
from server import clock, handovers
from server.handovers import Handover, Taken
from server.reading import handover, monthlog, places, visitlog
from server.reading.reach import Reach
from server.roles import Right
from server.web import forms
from server.web.forms import choice, page_number
from server.web.guard import needs, person
from server.web.show import enum_options, my_reach, words

pages = Blueprint("journals", __name__, url_prefix="/journals")
HINDERING = 50
LENGTH = 300


@pages.get("")
def list_page() -> ResponseReturnValue:
    """A month: handed in, or what would be and what hinders it; and the journals that were handed in."""
    month, reach = _month(), _asked()
    number, first = monthlog.hindrances(month, reach, HINDERING)
    return render_template(
        "journals.html",
        month=month,
        until=monthlog.last_day(month),
        opens=monthlog.last_day(month) + timedelta(days=1),
        is_over=_is_over(month),
        territory=choice("territory"),
        places=places.places(my_reach()),
        standing=handovers.standing(month, reach.territories),
        accepted=visitlog.totals(handover.accepted(month), reach),
        hindering=number,
        first=first,
        found=handovers.latest(my_reach().territories),
        results=_results(),
        known=words(),
    )


@pages.post("")
@needs(Right.CORRECT)
def hand_in() -> ResponseReturnValue:
    """Hands in the accepted visits of a month; while others hinder it, only when that was said."""
    month, reach = _month(), _asked()
    if not _is_over(month):
        flash(_("The month is not over yet."), "warn")
    elif handovers.standing(month, reach.territories):
        flash(_("This journal is handed in already."), "warn")
    elif monthlog.hindrances(month, reach, 0)[0] and not request.form.get("without"):
        flash(_("Visits hinder it. Accept them, or say that it is handed in without them."), "warn")
    else:
        return _freeze(month, reach)
    return redirect(url_for("journals.list_page", month=_written(month), territory=choice("territory")))


@pages.get("/<int(max=2147483647):number>")
def page(number: int) -> ResponseReturnValue:
    """A journal that was handed in, and what became of it since."""
    found, today = _found(number), clock.today()
    return render_template(
        "journal.html",
        found=found,
        page=handover.lines(found, today, my_reach(), page_number()),
        since=handover.since(found, today, my_reach(), words()),
        results=_results(),
        known=words(),
    )


@pages.post("/<int(max=2147483647):number>")
@needs(Right.DECIDE)
def reopen(number: int) -> ResponseReturnValue:
    """Opens the month again, with a remark."""
    found, remark = _found(number), request.form.get("remark", "").strip()[:LENGTH]
    if not remark:
        flash(_("Write why: the remark stays with the journal."), "warn")
    elif handovers.reopen(person(), found.number, remark):
        flash(_("The month is open again: its journal can be handed in anew, under another number."))
    return redirect(url_for("journals.page", number=number))


def _freeze(month: date, reach: Reach) -> ResponseReturnValue:
    ready = handover.ready(month, reach)
    try:
        number = handovers.hand_in(person(), month, reach.territories, ready.figures, ready.visits, ready.revs)
    except Taken:
        flash(_("This journal is handed in already."), "warn")
        return redirect(url_for("journals.list_page", month=_written(month)))
    return redirect(url_for("journals.page", number=number))


def _found(number: int) -> Handover:
    found = handovers.find(number)
    if found is None or not my_reach().covers(found.territories):
        abort(404)
    return found


def _month() -> date:
    """The month asked for (YYYY-MM), else the one whose journal is due next."""
    return forms.month("month", monthlog.due_next(clock.today(), current_app.config["VYEZD"].journal_day)[0])


def _written(month: date) -> str:
    return month.isoformat()[:7]


def _is_over(month: date) -> bool:
    return monthlog.last_day(month) < clock.today()


def _asked() -> Reach:
    """The reader's own reach, in the territory that is asked for."""
    own = my_reach().own
    return replace(own, territories=own.among(choice("territory")))


def _results() -> list[tuple[str, str]]:
    return enum_options(registry.types()["visit"].fields["result"], words())
