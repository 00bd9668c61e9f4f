"""The teams: their territories, their specialists, their tablets; setting one up, and moving somebody to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from schemas import registry
from schemas.ids import new_id
from schemas.messages import say
from server import clock, office, people, reference, register
from server.office import Change
from server.reading import places, tablets
from server.roles import Right
from server.web import typed
from server.web.guard import needs, person
from server.web.languages import language
from server.web.show import enum_options, my_reach, words
from server.web.typed import Unfit

pages = Blueprint("teams", __name__, url_prefix="/teams")


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its people: (id, fields) of each, by name. ``tablets``: how many are in use."""

    id: str
    fields: dict[str, Any]
    workers: list[tuple[str, dict[str, Any]]]
    tablets: int


@pages.get("")
def list_page() -> ResponseReturnValue:
    """The teams within reach."""
    return _list()


@pages.post("")
@needs(Right.DECIDE)
def add() -> ResponseReturnValue:
    """Sets up a team."""
    id = new_id()
    told = {name: request.form.get(name, "").strip() for name in ("code", "name", "kind", "phone")}
    try:
        if reference.current().team_by_code(told["code"]):
            raise Unfit(_("There is a team with this code already."))
        made = Change("team", id, set={name: value for name, value in told.items() if value}, add=_chosen_places())
        _write([made])
    except Unfit as error:
        return _list(str(error), 422)
    flash(_("The team is set up. Add its specialists, then make a code for its tablet."))
    return redirect(url_for("teams.page", id=id))


@pages.get("/<id>")
def page(id: str) -> ResponseReturnValue:
    """One team."""
    return _page(_found(id))


@pages.post("/<id>")
@needs(Right.DECIDE)
def change(id: str) -> ResponseReturnValue:
    """Carries out what one of the page's forms asks for."""
    team = _found(id)
    deed = DEEDS.get(request.form.get("action", ""))
    try:
        if deed is None:
            raise Unfit(_("The form is damaged. Open the page once more."))
        changes = deed(team)
        _write(changes)
    except Unfit as error:
        return _page(team, str(error), 422)
    flash(_("Done. Tablets get it when they next sync.") if changes else _("Nothing was changed."))
    return redirect(url_for("teams.page", id=id))


def _details(team: Team) -> list[Change]:
    news = _news(team.fields, {name: name for name in ("name", "kind", "phone")})
    return [_change("team", team.id, set=news)] if news else []


def _places(team: Team) -> list[Change]:
    shown = request.form.get("was_territories")
    before = set(team.fields.get("territories") or () if shown is None else shown.split())
    after = set(_chosen_places().get("territories", ()))
    mine = my_reach().own.territories
    kept = before if mine is None else before & mine
    parts = {"add": sorted(after - before), "remove": sorted(kept - after)}
    said = {part: {"territories": ids} for part, ids in parts.items() if ids}
    return [_change("team", team.id, **said)] if said else []


def _add_worker(team: Team) -> list[Change]:
    told = {name: request.form.get(name, "").strip() for name in ("name", "position", "phone")}
    told = {name: " ".join(value.split()) for name, value in told.items() if value}
    if not told.get("name"):
        raise Unfit(_("Write the specialist's name."))
    return [Change("worker", new_id(), set=told | {"team": team.id})]


def _worker(team: Team) -> list[Change]:
    """Another name, position, phone or team of somebody of this team."""
    id = request.form.get("worker", "")
    fields = dict(team.workers).get(id)
    if fields is None:
        raise Unfit(_("The form is damaged. Open the page once more."))
    news = _news(fields, {"name": "name", "position": "position", "phone": "phone", "team": "to"})
    if news.get("team") and news["team"] not in {each for each, _name in places.teams(my_reach())}:
        raise Unfit(_("Choose a team."))
    left = {"former_teams": [{"team": team.id, "until": clock.today().isoformat()}]} if "team" in news else {}
    return [_change("worker", id, set=news, add=left)] if news else []


DEEDS: dict[str, Callable[[Team], list[Change]]] = {
    "details": _details,
    "places": _places,
    "add": _add_worker,
    "worker": _worker,
}


def _news(fields: Mapping[str, Any], boxes: Mapping[str, str]) -> dict[str, Any]:
    """Field → what was typed into its box, where that is not what the box held when it was shown."""
    typed_in = {name: typed.box(request.form, box, str(fields.get(name) or "")) for name, box in boxes.items()}
    return {name: text or None for name, (was, text) in typed_in.items() if text != was}


def _change(type_name: str, id: str, **parts: Any) -> Change:
    """A change of what is on screen: as it stands now, for these records are small and few write them."""
    return Change(type_name, id, base=register.fetch([id])[id].rev, **parts)


def _write(changes: list[Change]) -> None:
    """Raises Unfit where a value is wrong, and writes nothing then."""
    for change in changes:
        declared = registry.types()[change.type]
        checked, errors = declared.check({"set": change.set, "add": change.add, "remove": change.remove})
        lacking = [] if change.base else [name for name in declared.whole(checked.set) if name not in change.add]
        for name, code in [*((name, codes[0]) for name, codes in errors.items()), *((n, "missing") for n in lacking)]:
            raise Unfit(f"{words().label(change.type, name)}: {say(code, language())}")
    if changes:
        office.write(people.author(person()), changes)


def _chosen_places() -> dict[str, list[str]]:
    """The territories that the form names, as far as they are the reader's."""
    mine = {place.id for place in places.places(my_reach())}
    chosen = sorted(mine & set(request.form.getlist("territories")))
    return {"territories": chosen} if chosen else {}


def _found(id: str) -> Team:
    return next((team for team in _teams() if team.id == id), None) or abort(404)


def _teams() -> list[Team]:
    known = reference.current()
    in_use = [each.team_id for each in tablets.tablets(my_reach(), clock.now()) if not each.revoked_at]
    found = []
    for id, _name in places.teams(my_reach()):
        workers = sorted(
            ((each, known.workers[each]) for each in known.workers_of(id)), key=lambda w: str(w[1].get("name"))
        )
        found.append(Team(id, known.teams[id], workers, in_use.count(id)))
    return found


def _list(warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    return render_template("teams.html", teams=_teams(), warning=warning, **_choices()), status


def _page(team: Team, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    others = places.teams(my_reach())
    return render_template("team.html", team=team, others=others, warning=warning, **_choices()), status


def _choices() -> dict[str, Any]:
    kinds = enum_options(registry.types()["team"].fields["kind"], words())
    return {"kinds": kinds, "places": places.places(my_reach()), "known": words()}
