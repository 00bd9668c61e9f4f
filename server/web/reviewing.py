"""The office's word on what specialists signed, on one record or on many at once: accept it, or return it with a
remark, a day and a phone. Remarks that are said often are a code list, which a region may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from schemas import registry
from schemas.codes import lists
from schemas.fields import States
from server import office, people
from server.office import Change
from server.reading import records
from server.register import Stored
from server.web import typed
from server.web.forms import own_path
from server.web.guard import person
from server.web.show import my_reach, record_url, words
from server.web.typed import Unfit

pages = Blueprint("reviewing", __name__, url_prefix="/review")
REMARK, DUE, PHONE = "review_remark", "review_due", "review_phone"
ACCEPTED, RETURNED = "accepted", "returned"
MOST = 200


@dataclass(frozen=True, slots=True)
class Word:
    """What is said: accepted, or returned with its ``values`` (remark, day and phone)."""

    to: str
    values: dict[str, Any]


@pages.post("/<type_name>/<record>")
def review(type_name: str, record: str) -> ResponseReturnValue:
    """Accepts or returns, then shows the record again."""
    schema = registry.get(type_name) or abort(404)
    found = records.shown(type_name, record, my_reach().own, words())
    if found is None or schema.signing is None:
        abort(404)
    try:
        flash(_one(found.record, schema.signing[1], request.form))
    except Unfit as error:
        flash(str(error), "warn")
    return redirect(record_url(type_name, record))


@pages.post("/visits")
def review_many() -> ResponseReturnValue:
    """Accepts or returns the visits that were ticked, then shows the same list again."""
    try:
        _many(_ticked(), _word("visit", request.form))
    except Unfit as error:
        flash(str(error), "warn")
    return redirect(own_path(request.form.get("next", "/visits")))


def remark_templates() -> list[tuple[str, str]]:
    """(value, text) of the remarks that are said often, in Russian: it is what the tablet shows."""
    return [(entry["value"], entry["label"]["ru"]) for entry in lists()["review_remarks"] if not entry["to"]]


def _one(record: Stored, field: str, form: Mapping[str, str]) -> str:
    word = _word(record.type, form)
    if _is_late(record, field, word):
        raise Unfit(_("Somebody was faster: this is decided already. Nothing was changed."))
    base = typed.base(form.get("base", ""))
    (result,) = office.write(people.author(person()), [_change(record, field, word, base, form)])
    if result.outcome == "conflict":
        return _("It is written, but somebody changed the same field meanwhile: decide which is right.")
    if word.to == ACCEPTED:
        return _("It is accepted.")
    return _("It is returned. The tablet gets the remark when it next syncs, and the record is open for its author.")


def _many(ticked: Mapping[str, int], word: Word) -> None:
    """Says the same of each of these (id → the rev that was on screen), as far as it can be said."""
    signature, field = registry.types()["visit"].signing or ("", "")
    found = records.several("visit", ticked, my_reach().own)
    fit = [
        each
        for each in found.values()
        if (each.fields.get(signature) or each.fields.get(field)) and not _is_late(each, field, word)
    ]
    changes = [_change(each, field, word, ticked[each.id], request.form) for each in fit]
    outcomes = [result.outcome for result in office.write(people.author(person()), changes)]
    done = len(outcomes) - outcomes.count("conflict")
    if word.to == ACCEPTED:
        flash(ngettext("%(num)s visit is accepted.", "%(num)s visits are accepted.", done))
    else:
        flash(ngettext("%(num)s visit is returned.", "%(num)s visits are returned.", done))
    if left := len(ticked) - len(fit):
        flash(ngettext("%(num)s was left: not signed, or decided.", "%(num)s were left: not signed, or decided.", left))
    if outcomes.count("conflict"):
        flash(_("It is written, but somebody changed the same field meanwhile: decide which is right."), "warn")


def _ticked() -> dict[str, int]:
    """Id → rev of the visits that were ticked. Raises Unfit."""
    pairs = [each.partition(":") for each in request.form.getlist("visit")[:MOST]]
    if not pairs:
        raise Unfit(_("Tick the visits that you mean first."))
    return {id: typed.base(rev) for id, _colon, rev in pairs}


def _is_late(record: Stored, field: str, word: Word) -> bool:
    return bool(record.fields.get(field) == word.to == ACCEPTED)


def _change(record: Stored, field: str, word: Word, base: int, form: Mapping[str, str]) -> Change:
    """The step to the state, with what is said of it."""
    declared = registry.types()[record.type].fields[field]
    assert isinstance(declared, States)
    values = {field: typed.step(declared, word.to, [record.fields.get(field)])} | word.values
    return Change(record.type, record.id, set=values, base=base, epoch=form.get("epoch") or None)


def _word(type_name: str, form: Mapping[str, str]) -> Word:
    """What the form says. Raises Unfit."""
    to = form.get("to", "")
    if to not in (ACCEPTED, RETURNED):
        raise Unfit(_("The form is damaged. Open the page once more."))
    return Word(to, _said(type_name, form) if to == RETURNED else {})


def _said(type_name: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The remark, the day and the phone of a return. Raises Unfit."""
    values: dict[str, Any] = {name: form.get(name, "").strip() or None for name in (REMARK, DUE, PHONE)}
    often = dict(remark_templates()).get(form.get("template", ""))
    values[REMARK] = ". ".join(filter(None, (often, values[REMARK]))) or None
    if not values[REMARK]:
        raise Unfit(_("Write what has to be mended: the remark reaches the tablet."))
    values[PHONE] = values[PHONE] or person().phone
    for name, value in values.items():
        if value is not None:
            typed.check(type_name, name, value)
    return values
