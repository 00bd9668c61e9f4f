"""The visit log with its filter and its printable form, and the page of one visit."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from schemas import registry
from server import clock
from server.reading import places, records, timeline, visitlog
from server.reading.visitlog import Filter
from server.web.forms import choice, day, page_number
from server.web.show import enum_options, my_reach, words

pages = Blueprint("visits", __name__, url_prefix="/visits")
PRINTED = 2_000


@pages.get("")
def log() -> ResponseReturnValue:
    """The log, newest first."""
    return _log("visits.html", visitlog.visits(_wanted(), my_reach(), page_number()))


@pages.get("/print")
def printed() -> ResponseReturnValue:
    """The whole log of the filter in one table, oldest first, for paper."""
    return _log("visits_print.html", visitlog.visits(_wanted(), my_reach(), size=PRINTED, oldest_first=True))


@pages.get("/<record>")
def page(record: str) -> ResponseReturnValue:
    """One visit: its fields, the specialists' parts, its story."""
    found = records.shown("visit", record, my_reach(), words()) or abort(404)
    acts = timeline.timeline(record)
    return render_template("record.html", found=found, schema=registry.types()["visit"], acts=acts)


def _log(template: str, found: visitlog.Log) -> ResponseReturnValue:
    reach = my_reach()
    return render_template(
        template,
        log=found,
        wanted=_wanted(),
        known=words(),
        places=places.places(reach),
        teams=places.teams(reach),
        results=enum_options(registry.types()["visit"].fields["result"], words()),
        stages=enum_options(registry.types()["visit"].fields["review_state"], words()),
    )


def _wanted() -> Filter:
    end = clock.today()
    until = day("until", end)
    since = day("since", until.replace(day=1))
    return Filter(min(since, until), until, choice("territory"), choice("team"), choice("result"), choice("stage"))
