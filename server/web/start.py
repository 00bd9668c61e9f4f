"""The start page: what wants the reader's attention today."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from server import clock
from server.reading import figures, queue, tablets, visitlog
from server.reading.reach import Reach
from server.roles import Right
from server.web.guard import person
from server.web.show import counted, my_reach, to_mend, words

pages = Blueprint("start", __name__)
SHOWN = 5


@pages.get("/")
def page() -> ResponseReturnValue:
    """What waits for a decision, by kind, what wants mending, tablets in trouble, the week's visits; to each reader
    what their rights allow."""
    reach, since, me = my_reach(), clock.today() - timedelta(days=6), person()
    longest, known = queue.lines(reach, words(), size=SHOWN) if me.may(Right.QUEUE) else ([], words())
    seen = tablets.tablets(reach, clock.now()) if me.may(Right.TABLETS) else []
    in_use = [each for each in seen if not each.revoked_at]
    counted_in = reach if me.may(Right.FAMILIES) else Reach()
    return render_template(
        "start.html",
        is_synthetic=figures.is_synthetic(),
        longest=longest,
        counts=counted() if me.may(Right.QUEUE) else {},
        to_mend=to_mend() if me.may(Right.QUEUE) else 0,
        known=known,
        tablets=len(in_use),
        troubled=[each for each in in_use if not each.is_well],
        week=visitlog.totals(visitlog.Filter(since, clock.today()), counted_in) if me.may(Right.FIGURES) else None,
        since=since,
    )
