"""The trips of the teams: list, calendar, one trip with its progress, the route sheet. What changes a trip is in
planning.py."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from schemas import registry
from server import clock
from server.reading import candidates, places, routesheet, timeline, trips
from server.reading.trips import Filter, Shown
from server.roles import Right
from server.stops import Stop
from server.web import forms
from server.web.forms import choice, day, one_of, page_number
from server.web.guard import person
from server.web.show import enum_options, my_reach, words

pages = Blueprint("trips", __name__, url_prefix="/trips")
BEFORE, AHEAD = timedelta(days=14), timedelta(days=45)
A_DAY = 6
"""How many trips a day of the calendar names."""


@pages.get("")
def list_page() -> ResponseReturnValue:
    """The trips of a period, the earliest first."""
    wanted = _wanted()
    return render_template(
        "trips.html", page=trips.listed(wanted, my_reach(), page_number()), wanted=wanted, **_choices()
    )


@pages.get("/calendar")
def calendar() -> ResponseReturnValue:
    """A month of trips, week by week."""
    first = _month()
    team = choice("team")
    days = trips.month(first, team, my_reach(), A_DAY)
    weeks = [list(days)[start : start + 7] for start in range(0, len(days), 7)]
    shown = [week for week in weeks if any(each.month == first.month for each in week)]
    around = {
        "before": first - timedelta(days=1),
        "after": first + timedelta(days=monthrange(first.year, first.month)[1]),
    }
    return render_template(
        "calendar.html",
        first=first,
        weeks=shown,
        days=days,
        most=A_DAY,
        team=team,
        today=clock.today(),
        **around,
        **_choices(),
    )


@pages.get("/<record>")
def page(record: str) -> ResponseReturnValue:
    """One trip: where it goes, how far it has come, and for planners what may be changed."""
    return trip_page(found(record))


@pages.get("/<record>/sheet")
def sheet(record: str) -> ResponseReturnValue:
    """The route sheet for paper; with ``forms`` a prefilled form of a visit for each family."""
    shown = routesheet.sheet(record, my_reach(), words(), clock.today()) or abort(404)
    visit, forms = registry.types()["visit"], bool(request.args.get("forms"))
    return render_template("route_sheet.html", sheet=shown, known=shown.words, visit=visit, forms=forms)


def found(record: str) -> Shown:
    """A trip within reach, else 404."""
    return trips.shown(record, my_reach(), words(), clock.now()) or abort(404)


def trip_page(shown: Shown, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    """The page of a trip, with what is wrong with the form that was sent."""
    trip = shown.line.trip
    offered: list[candidates.Candidate] = []
    more, wanted = False, _candidates()
    if person().may(Right.TRIPS) and trip.fields.get("status") not in trips.OVER:
        on_route = {stop["family"] for stop in trip.fields.get("stops") or () if stop.get("family")}
        offered, more = candidates.candidates(trip, wanted, my_reach().own, clock.today(), on_route)
    acts, known = timeline.timeline(trip.id, shown.words)
    return render_template(
        "trip.html",
        found=shown,
        trip=trip,
        schema=registry.types()["trip"],
        known=known,
        offered=offered,
        more=more,
        wanted=wanted,
        places=places.places(my_reach()),
        arrival=arrival,
        today=clock.today(),
        acts=acts,
        warning=warning,
    ), status


def arrival(stop: Stop) -> str:
    """When the team is to arrive, as the form's box holds it: local, to the minute."""
    if not stop.get("arrive_at"):
        return ""
    zone = current_app.config["VYEZD"].timezone
    return datetime.fromisoformat(stop["arrive_at"]).astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _choices() -> dict[str, object]:
    return {
        "teams": places.teams(my_reach()),
        "statuses": enum_options(registry.types()["trip"].fields["status"], words()),
        "known": words(),
        "asking": trips.asking(my_reach()),
    }


def _wanted() -> Filter:
    since = day("since", clock.today() - BEFORE)
    until = day("until", max(since, clock.today()) + AHEAD)
    statuses = registry.types()["trip"].fields["status"].choices() or ()
    status = one_of("status", {each["value"] for each in statuses})
    return Filter(since, until, choice("team"), status, bool(request.args.get("asks")))


def _candidates() -> candidates.Filter:
    text = request.args.get("text", "").strip()[:100]
    why = one_of("why", {candidates.PROMISED, candidates.UNSEEN}) or candidates.PROMISED
    return candidates.Filter(choice("territory"), text, why)


def _month() -> date:
    return forms.month("month", clock.today().replace(day=1))
