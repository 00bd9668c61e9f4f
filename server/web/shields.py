"""Shielding a family: why, which tablets and which people read it. Who shields it is among the people."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from schemas import registry
from server import audit, clock, office, people, shields
from server.reading import familycard, tablets
from server.reading.familycard import Card
from server.roles import Right
from server.web import typed
from server.web.guard import person
from server.web.show import enum_options, my_reach, words
from server.web.typed import Unfit

pages = Blueprint("shields", __name__, url_prefix="/families")


@pages.get("/<record>/shield")
def page(record: str) -> ResponseReturnValue:
    """Who reads the family, and who could."""
    return _page(_card(record))


@pages.post("/<record>/shield")
def shield(record: str) -> ResponseReturnValue:
    """Shields it, changes who is named, or lifts the shield."""
    card, me = _card(record), person()
    reason = None if request.form.get("action") == "lift" else request.form.get("reason", "")
    if reason is not None and reason not in dict(_reasons()):
        return _page(card, _("Choose why the family is shielded."), 422)
    named = {*request.form.getlist("people"), me.id}
    change = shields.change(card.family, reason, _devices(card), named)
    try:
        change |= {"base": typed.base(request.form.get("base", "")), "epoch": request.form.get("epoch") or None}
    except Unfit as error:
        return _page(card, str(error), 422)
    office.write(people.author(me), [office.Change("family", record, **change)])
    audit.record("shield" if reason else "shield.lifted", who=me.id, subject=record, family=record, reason=reason)
    flash(
        _("The family is shielded: only who is named here reads it, and other tablets forget it when they next sync.")
        if reason
        else _("The shield is lifted: the family is back in its territory.")
    )
    return redirect(url_for("families.card", record=record))


def _devices(card: Card) -> set[str]:
    """The tablets that are to be named: those that were ticked, and those beyond the reader's reach that are named
    already."""
    near = {each.id for each in tablets.tablets(my_reach(), clock.now())}
    return set(request.form.getlist("devices")) | (set(card.family.fields.get("shield_devices", ())) - near)


def _card(record: str) -> Card:
    """A family that is open for a time is there to be read."""
    return familycard.card(record, my_reach().own, clock.today(), words()) or abort(404)


def _reasons() -> list[tuple[str, str]]:
    return enum_options(registry.types()["family"].fields["shield_reason"], words())


def _ticked() -> set[str]:
    return {*request.form.getlist("devices"), *request.form.getlist("people")}


def _page(card: Card, error: str | None = None, status: int = 200) -> ResponseReturnValue:
    fields: dict[str, Any] = card.family.fields
    return render_template(
        "shield.html",
        card=card,
        error=error,
        reasons=_reasons(),
        tablets=[each for each in tablets.tablets(my_reach(), clock.now()) if not each.revoked_at],
        people=[each for each in people.list_users() if each.active and each.may(Right.FAMILIES)],
        named={*fields.get("shield_devices", ()), *fields.get("shield_people", ())} if not error else _ticked(),
        epoch=card.epoch,
    ), status
