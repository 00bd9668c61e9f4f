"""Planning a trip: what the forms of its page ask for becomes one op each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from schemas import registry
from schemas.fields import DateTime
from schemas.ids import new_id
from server import clock, office, people, reference
from server.db import reading
from server.office import Change
from server.reading import places
from server.reading.trips import Shown
from server.register import Stored
from server.stops import Stop, difference, in_order, numbered
from server.web import typed
from server.web.guard import person
from server.web.show import enum_options, my_reach, words
from server.web.trips import arrival, found, trip_page
from server.web.typed import Unfit

pages = Blueprint("planning", __name__, url_prefix="/trips")
TOLD = ("date_from", "date_to", "kind", "purpose", "vehicle", "plate")
NOTE = 200
MOST_STOPS = 200


@pages.get("/new")
def new_page() -> ResponseReturnValue:
    """The form for a new trip."""
    return _new()


@pages.post("/new")
def make() -> ResponseReturnValue:
    """Makes a planned trip, and goes on with its stops."""
    try:
        team = _team(request.form.get("team", ""))
        values = _told(request.form, {})
    except Unfit as error:
        return _new(str(error), 422)
    if "date_from" not in values:
        return _new(_("Say on which day the team sets out."), 422)
    values = {"date_to": values["date_from"]} | values
    if values["date_to"] < values["date_from"]:
        return _new(_("The trip ends before it begins."), 422)
    id = new_id()
    planned = {"team": team, "status": {"from": None, "to": "planned"}} | values
    office.write(people.author(person()), [Change("trip", id, set=planned, add=_crew(team))])
    flash(_("The trip is planned. Now choose where it goes."))
    return redirect(url_for("trips.page", record=id))


@pages.post("/<record>")
def change(record: str) -> ResponseReturnValue:
    """Carries out what one of the forms of the trip's page asks for."""
    shown = found(record)
    deed = DEEDS.get(request.form.get("action", ""))
    if not _may_write(record):
        abort(403)
    try:
        if deed is None:
            raise Unfit(_("The form is damaged. Open the page once more."))
        asked, said = deed(shown)
    except Unfit as error:
        return trip_page(shown, str(error), 422)
    if not any((asked.set, asked.add, asked.remove)):
        flash(_("Nothing was changed."))
        return redirect(url_for("trips.page", record=record))
    (result,) = office.write(people.author(person()), [asked])
    if result.outcome == "conflict":
        said = _("It is written, but somebody changed the same field meanwhile: decide which is right.")
    elif result.outcome != "applied":
        return trip_page(shown, _("It could not be written as it stands: look for odd signs in what you typed."), 422)
    flash(said)
    return redirect(url_for("trips.page", record=record))


def _may_write(record: str) -> bool:
    """What is open for a time only may be read and not written."""
    with reading() as connection:
        return my_reach().own.sees(record, connection)


def _details(shown: Shown) -> tuple[Change, str]:
    trip = shown.line.trip
    values = _told(request.form, trip.fields)
    first, last = (values.get(name, trip.fields.get(name, "")) for name in ("date_from", "date_to"))
    if last < first:
        raise Unfit(_("The trip ends before it begins."))
    return _change(trip, set=values), _("The plan is changed. Tablets get it when they next sync.")


def _route(shown: Shown) -> tuple[Change, str]:
    """The stops as the table has them: numbers give the order, an emptied one keeps its place."""
    trip = shown.line.trip
    before = in_order(trip.fields.get("stops") or [])
    rows: list[tuple[float, int, Stop]] = []
    for place, stop in enumerate(before):
        key = str(stop["order"])
        if request.form.get(f"drop-{key}"):
            continue
        was, number = typed.box(request.form, f"number-{key}", "")
        rows.append((_number(number if number != was else "", place + 1), place, _edited(stop, key)))
    after = numbered([stop for _number, _place, stop in sorted(rows, key=lambda row: row[:2])])
    return _stops(trip, before, after), _("The route is changed. Tablets get it when they next sync.")


def _families(shown: Shown) -> tuple[Change, str]:
    trip = shown.line.trip
    before = in_order(trip.fields.get("stops") or [])
    there = {stop.get("family") for stop in before}
    chosen = [id for id in dict.fromkeys(request.form.getlist("family")) if id not in there]
    with reading() as connection:
        if not chosen or set(chosen) - my_reach().own.seen(chosen, connection):
            raise Unfit(_("Choose families of the list."))
    return _added(trip, before, [{"family": id} for id in chosen])


def _place(shown: Shown) -> tuple[Change, str]:
    trip = shown.line.trip
    place, note = request.form.get("territory") or None, request.form.get("note", "").strip()[:NOTE] or None
    if place is not None and place not in reference.current().territories:
        raise Unfit(_("Choose one of the territories."))
    if place is None and note is None:
        raise Unfit(_("Choose a territory, or write where the team stops."))
    stop = {name: value for name, value in (("territory", place), ("note", note)) if value}
    return _added(trip, in_order(trip.fields.get("stops") or []), [stop])


def _added(trip: Stored, before: list[Stop], more: list[Stop]) -> tuple[Change, str]:
    after = numbered([*before, *more])
    if len(after) > MOST_STOPS:
        raise Unfit(_("A trip has at most %(num)s stops.", num=MOST_STOPS))
    return _stops(trip, before, after), _("The stops are added. Tablets get them when they next sync.")


def _confirm(shown: Shown) -> tuple[Change, str]:
    """The team's tablets may read the territories that it asked for, as far as they are the confirmer's."""
    mine = my_reach().own.territories
    asked = [id for id in shown.line.asked if mine is None or id in mine]
    if not asked:
        raise Unfit(_("These territories are not yours: ask who answers for them."))
    change = _change(shown.line.trip, add={"confirmed_territories": asked})
    return change, _("Confirmed. The team's tablets get the families of these territories when they next sync.")


def _status(shown: Shown) -> tuple[Change, str]:
    trip, to = shown.line.trip, request.form.get("to", "")
    field = registry.types()["trip"].fields["status"]
    if to not in field.transitions.get(trip.fields.get("status"), ()):  # type: ignore[attr-defined]
        raise Unfit(_("From its present state the record cannot go there."))
    values: dict[str, Any] = {"status": {"from": trip.fields.get("status"), "to": to}}
    reason = request.form.get("cancel_reason", "").strip()
    if to == "cancelled" and not reason:
        raise Unfit(_("Say why the trip is cancelled."))
    if reason:
        typed.check("trip", "cancel_reason", reason)
        values["cancel_reason"] = reason
    return _change(trip, set=values), _("The trip's state is changed. Tablets get it when they next sync.")


def _crew_of(shown: Shown) -> tuple[Change, str]:
    trip = shown.line.trip
    workers = set(reference.current().workers_of(trip.fields.get("team") or ""))
    before = set(trip.fields.get("participants") or ())
    after = (workers & set(request.form.getlist("participant"))) | (before - workers)
    parts = {"add": sorted(after - before), "remove": sorted(before - after)}
    said = {part: {"participants": ids} for part, ids in parts.items() if ids}
    return _change(trip, **said), _("The plan is changed. Tablets get it when they next sync.")


DEEDS: dict[str, Callable[[Shown], tuple[Change, str]]] = {
    "details": _details,
    "crew": _crew_of,
    "route": _route,
    "families": _families,
    "place": _place,
    "confirm": _confirm,
    "status": _status,
}


def _change(trip: Stored, **parts: Any) -> Change:
    seen: dict[str, Any] = {
        "base": typed.base(request.form.get("base", "")),
        "epoch": request.form.get("epoch") or None,
    }
    return Change("trip", trip.id, **parts, **seen)


def _stops(trip: Stored, before: list[Stop], after: list[dict[str, Any]]) -> Change:
    """From these stops of the trip as it is now, whatever was on screen, to others."""
    parts = difference(before, after)
    return Change("trip", trip.id, add=parts.get("add", {}), remove=parts.get("remove", {}), base=trip.rev)


def _edited(stop: Stop, key: str) -> Stop:
    """A stop with the time and the note of its row."""
    edited = dict(stop)
    was, when = typed.box(request.form, f"time-{key}", arrival(stop))
    if when != was:
        edited["arrive_at"] = typed.read(DateTime(), when) if when else None
    was, note = typed.box(request.form, f"note-{key}", str(stop.get("note") or ""))
    if note != was:
        edited["note"] = note[:NOTE] or None
    return {name: value for name, value in edited.items() if value is not None}


def _number(text: str, otherwise: int) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return otherwise


def _told(form: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says differently of a trip. Raises Unfit."""
    values: dict[str, Any] = {}
    for name in TOLD:
        was, text = typed.box(form, name, str(before.get(name) or ""))
        if text == was:
            continue
        value = text or None
        typed.check("trip", name, value)
        values[name] = value
    return values


def _team(team: str) -> str:
    if team not in {id for id, _name in places.teams(my_reach())}:
        raise Unfit(_("Choose a team."))
    return team


def _crew(team: str) -> dict[str, list[str]]:
    """Who goes, and where: all of the team, to the team's territories."""
    known = reference.current()
    where = known.teams[team].get("territories") or []
    said = {"participants": sorted(known.workers_of(team)), "territories": list(where)}
    return {name: ids for name, ids in said.items() if ids}


def _new(warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    kinds = enum_options(registry.types()["trip"].fields["kind"], words())
    teams = places.teams(my_reach())
    return render_template("trip_new.html", teams=teams, kinds=kinds, warning=warning, today=clock.today()), status
