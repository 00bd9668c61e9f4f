"""The office's people: who has an account, in which role and where; one-time passwords, leave, shutting out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from server import people, substitutions
from server.people import Person
from server.reading import places
from server.roles import ROLES, WITHOUT_PLACE
from server.web import typed
from server.web.guard import person
from server.web.show import ROLE_NAMES, my_reach, words
from server.web.typed import Unfit

pages = Blueprint("persons", __name__, url_prefix="/people")

REFUSALS: dict[type[Exception], Any] = {
    people.LoginTaken: lazy_gettext("This login is taken."),
    people.NoPlace: lazy_gettext("A specialist needs a territory or a team."),
    people.NotYours: lazy_gettext("You keep the accounts of your territories: choose one of them or a team."),
    people.LastAdmin: lazy_gettext("Nobody would be left to keep the accounts of the region. Nothing was changed."),
    people.UnknownRole: lazy_gettext("The form is damaged. Open the page once more."),
    substitutions.BadPeriod: lazy_gettext("Choose another colleague and two days; the last is not in the past."),
}
REFUSED: tuple[type[Exception], ...] = (*REFUSALS, Unfit)


@pages.get("")
def list_page() -> ResponseReturnValue:
    """Every account that the reader keeps, and the form for a new one."""
    return _list()


@pages.post("")
def add() -> ResponseReturnValue:
    """Adds an account and shows its one-time password, once."""
    login, name = people.login_name(request.form.get("login")), " ".join(request.form.get("name", "").split())
    if not login or not name or len(login) > 200 or len(name) > 200:
        return _list(_("Fill in login and name."), 422)
    try:
        role, territories, teams = _asked()
        people.require_keeper(person(), role, territories, teams)
        password = people.add_user(login, name, role, territories, _phone(), teams=teams, by=person().id)
    except REFUSED as refusal:
        return _list(_said(refusal), 422)
    return _page(people.find(login), password=password)


@pages.get("/<id>")
def page(id: str) -> ResponseReturnValue:
    """One account."""
    return _page(_found(id))


@pages.post("/<id>")
def change(id: str) -> ResponseReturnValue:
    """Changes an account as the button says, or says why not."""
    found = _found(id)
    deed = {"change": _change, "leave": _leave, "return": _return, "out": _shut_out, "in": _let_in}.get(
        request.form.get("action", "")
    )
    if request.form.get("action") == "reset":
        return _page(found, password=people.reset_password(found.id, person().id))
    if deed is None:
        return _page(found, _("The form is damaged. Open the page once more."), 422)
    try:
        deed(found)
    except REFUSED as refusal:
        return _page(found, _said(refusal), 422)
    flash(_("Done."))
    return redirect(url_for("persons.page", id=found.id))


def _change(found: Person) -> None:
    role, territories, teams = _asked()
    people.require_keeper(person(), role, territories, teams)
    people.change(found.id, role, territories, teams, _phone(), person().id)


def _leave(found: Person) -> None:
    substitute = _found(request.form.get("substitute", ""))
    try:
        since, until = (date.fromisoformat(request.form.get(name, "")) for name in ("since", "until"))
    except ValueError:
        raise substitutions.BadPeriod from None
    substitutions.make(found.id, substitute.id, since, until, person().id)


def _return(found: Person) -> None:
    if any(turn.id == request.form.get("turn") for turn in substitutions.of(found.id)):
        substitutions.end(request.form["turn"], person().id)


def _shut_out(found: Person) -> None:
    people.set_active(found.id, False, person().id)


def _let_in(found: Person) -> None:
    people.set_active(found.id, True, person().id)


def _found(id: str) -> Person:
    """An account that the reader keeps; any other is as if it were not there."""
    try:
        found = people.find(id)
    except people.UnknownPerson:
        abort(404)
    return found if people.keeps(person(), found) else abort(404)


def _asked() -> tuple[str, list[str], list[str]]:
    """Role, territories, teams of the form; only those within the reader's reach."""
    role = request.form.get("role", "")
    if role in WITHOUT_PLACE:
        return role, [], []
    known = {place.id for place in places.places(my_reach())}, {id for id, _name in places.teams(my_reach())}
    asked = request.form.getlist("territories"), request.form.getlist("teams")
    if not set(asked[0]) <= known[0] or not set(asked[1]) <= known[1]:
        raise people.NotYours
    return role, *asked


def _phone() -> str | None:
    """The phone, which goes out to tablets with each remark. Raises Unfit."""
    number = request.form.get("phone", "").strip()[:20] or None
    if number:
        typed.check("worker", "phone", number)
    return number


def _said(refusal: Exception) -> str:
    return str(REFUSALS.get(type(refusal), refusal))


def _list(error: str | None = None, status: int = 200) -> ResponseReturnValue:
    kept = [each for each in people.list_users() if people.keeps(person(), each)]
    return render_template("people.html", people=kept, error=error, **_choices(kept)), status


def _page(
    found: Person, error: str | None = None, status: int = 200, password: str | None = None
) -> ResponseReturnValue:
    others = [each for each in people.list_users() if each.active and people.keeps(person(), each)]
    turns = substitutions.of(found.id)
    choices = _choices([each for each in others if each.id != found.id])
    return render_template("person.html", found=found, error=error, password=password, turns=turns, **choices), status


def _choices(others: Sequence[Person]) -> dict[str, object]:
    return {
        "roles": [(role, ROLE_NAMES[role]) for role in ROLES],
        "role_names": ROLE_NAMES,
        "places": places.places(my_reach()),
        "teams": places.teams(my_reach()),
        "others": others,
        "known": words(),
    }
