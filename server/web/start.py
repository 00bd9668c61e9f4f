"""The start page: what wants the reader's attention today."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from server import clock
from server.reading import figures, queue, tablets, visitlog
from server.web.show import counted, my_reach, to_mend, today, words

pages = Blueprint("start", __name__)
SHOWN = 5


@pages.get("/")
def page() -> ResponseReturnValue:
    """What waits for a decision, by kind, what wants mending, tablets in trouble, the week's visits."""
    reach, since = my_reach(), today() - timedelta(days=6)
    longest, known = queue.lines(reach, words(), size=SHOWN)
    in_use = [each for each in tablets.tablets(reach, clock.now()) if not each.revoked_at]
    return render_template(
        "start.html",
        is_synthetic=figures.is_synthetic(),
        longest=longest,
        counts=counted(),
        to_mend=to_mend(),
        known=known,
        tablets=len(in_use),
        troubled=[each for each in in_use if not each.is_well],
        week=visitlog.totals(visitlog.Filter(since, today()), reach),
        since=since,
    )
