"""The start page: what wants the reader's attention today, what hinders the journal of the month, and the month in
figures."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from server import clock, handovers
from server.people import Person
from server.reading import activity, figures, monthlog, queue, tablets
from server.reading.reach import Reach
from server.roles import Right
from server.web.guard import person
from server.web.show import counted, my_reach, to_mend, words

pages = Blueprint("start", __name__)
SHOWN = 5


@pages.get("/")
def page() -> ResponseReturnValue:
    """To each reader what their rights allow."""
    me = person()
    parts = _queue(me) | _tablets(me) | _visits(me) | _figures(me)
    return render_template("start.html", is_synthetic=figures.is_synthetic(), today=clock.today(), **parts)


def _queue(me: Person) -> dict[str, Any]:
    """What waits for a decision, by kind, and what wants mending."""
    if not me.may(Right.QUEUE):
        return {"longest": [], "known": words(), "counts": {}, "to_mend": 0}
    longest, known = queue.lines(my_reach(), words(), size=SHOWN)
    return {"longest": longest, "known": known, "counts": counted(), "to_mend": to_mend()}


def _tablets(me: Person) -> dict[str, Any]:
    """Tablets in trouble."""
    seen = tablets.tablets(my_reach(), clock.now()) if me.may(Right.TABLETS) else []
    in_use = [each for each in seen if not each.revoked_at]
    return {"tablets": len(in_use), "troubled": [each for each in in_use if not each.is_well]}


def _visits(me: Person) -> dict[str, Any]:
    """Visits to be reviewed, and the journal that is due next."""
    if not me.may(Right.CORRECT):
        return {"reviews": None, "journal": None, "handed_in": None}
    due_day = current_app.config["VYEZD"].journal_day
    journal = monthlog.month_log(clock.today(), due_day, my_reach())
    handed_in = handovers.standing(journal.since, my_reach().territories)
    return {"reviews": monthlog.waiting(clock.today(), my_reach()), "journal": journal, "handed_in": handed_in}


def _figures(me: Person) -> dict[str, Any]:
    """The month in figures: by place for who reads families, else only all together."""
    if not me.may(Right.FIGURES):
        return {"done": None, "by_place": False}
    reads = me.may(Right.FAMILIES)
    done, counted_at = activity.kept(clock.today(), my_reach() if reads else Reach(), clock.now())
    return {"done": done, "counted_at": counted_at, "by_place": reads}
