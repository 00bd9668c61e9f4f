"""The start page: what wants the reader's attention today."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from server import clock
from server.reading import queue, tablets, visitlog
from server.web.show import my_reach, today, words

pages = Blueprint("start", __name__)
SHOWN = 5


@pages.get("/")
def page() -> ResponseReturnValue:
    """Open расхождения, tablets in trouble, the week's visits."""
    reach, since = my_reach(), today() - timedelta(days=6)
    disputes, known = queue.matters(reach, words(), size=SHOWN)
    in_use = [each for each in tablets.tablets(reach, clock.now()) if not each.revoked_at]
    return render_template(
        "start.html",
        disputes=disputes,
        known=known,
        tablets=len(in_use),
        troubled=[each for each in in_use if not each.is_well],
        week=visitlog.totals(visitlog.Filter(since, today()), reach),
        since=since,
    )
