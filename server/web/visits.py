"""The visit log with its filter and its printable form, and the page of one visit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from schemas import registry
from server import clock
from server.reading import places, records, timeline, visitlog
from server.reading.visitfilter import SORTS, Filter
from server.web import forms
from server.web.forms import choice, day, one_of, page_number
from server.web.show import enum_options, my_reach, words

pages = Blueprint("visits", __name__, url_prefix="/visits")
PRINTED = 2_000


@pages.get("")
def log() -> ResponseReturnValue:
    """The log, newest first unless sorted otherwise."""
    wanted = _wanted()
    return _log("visits.html", wanted, visitlog.visits(wanted, my_reach(), page_number()))


@pages.get("/print")
def printed() -> ResponseReturnValue:
    """The whole log of the filter in one table, oldest first, for paper."""
    wanted = replace(_wanted(), sort="started", down=False)
    return _log("visits_print.html", wanted, visitlog.visits(wanted, my_reach(), size=PRINTED))


@pages.get("/<record>")
def page(record: str) -> ResponseReturnValue:
    """One visit: its fields, the specialists' parts, its story."""
    found = records.shown("visit", record, my_reach(), words()) or abort(404)
    acts, known = timeline.timeline(record, found.words)
    return render_template("record.html", found=found, schema=registry.types()["visit"], acts=acts, known=known)


def _log(template: str, wanted: Filter, found: visitlog.Log) -> ResponseReturnValue:
    return render_template(template, log=found, wanted=wanted, known=words(), **_choices())


def _choices() -> dict[str, Any]:
    """What each box of the filter may be set to."""
    reach, fields = my_reach(), registry.types()["visit"].fields
    return {
        "places": places.places(reach),
        "teams": places.teams(reach),
        "workers": places.workers(reach),
        "kinds": enum_options(fields["kind"], words()),
        "results": enum_options(fields["result"], words()),
        "services": enum_options(fields["services"].children()[""], words()),
        "stages": enum_options(fields["review_state"], words()),
    }


def _wanted() -> Filter:
    end = clock.today()
    until = day("until", end)
    since = day("since", until.replace(day=1))
    return Filter(
        since=since,
        until=until,
        territory=choice("territory"),
        team=choice("team"),
        result=choice("result"),
        stage=choice("stage"),
        kind=choice("kind"),
        service=choice("service"),
        worker=choice("worker"),
        text=forms.words("text"),
        sort=one_of("sort", SORTS) or "started",
        down=request.args.get("up") is None,
    )


def asked() -> Filter:
    """The filter of the log that the address or the form asks for."""
    return _wanted()
