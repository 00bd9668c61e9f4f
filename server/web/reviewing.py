"""The office's word on what specialists signed, on one record or on many at once: accept it, or return it with a
remark, a day and a phone. Remarks that are said often are a code list, which a region may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, request
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
from server.web import records as record_pages
from server.web import typed, visits
from server.web.forms import own_path
from server.web.guard import person
from server.web.show import my_reach, record_url, words
from server.web.typed import Unfit

pages = Blueprint("reviewing", __name__, url_prefix="/review")
REMARK, DUE, PHONE = "review_remark", "review_due", "review_phone"
ACCEPTED, RETURNED = "accepted", "returned"
MOST = 200
Revs = Mapping[str, int]
"""The id of a record → the rev that was on screen."""


@dataclass(frozen=True, slots=True)
class Word:
    """What is said: accepted, or returned with its ``values`` (remark, day and phone)."""

    to: str
    values: dict[str, Any]


@pages.post("/<type_name>/<record>")
def review(type_name: str, record: str) -> ResponseReturnValue:
    """Accepts or returns, of a joint visit all the records that were ticked, then shows the record again."""
    schema = registry.get(type_name) or abort(404)
    found = records.shown(type_name, record, my_reach().own, words())
    if found is None or schema.signing is None:
        abort(404)
    try:
        _one(type_name, _ticked("record"), {record, *(each.visit.id for each in found.joint)})
    except Unfit as error:
        flash(str(error), "warn")
        return _again(type_name, record)
    return redirect(record_url(type_name, record))


@pages.post("/visits")
def review_many() -> ResponseReturnValue:
    """Accepts or returns the visits that were ticked, then shows the same list again."""
    try:
        _many(_ticked("visit"), _word("visit", request.form))
    except Unfit as error:
        flash(str(error), "warn")
    return redirect(own_path(request.form.get("next", "/visits")))


def _again(type_name: str, record: str) -> ResponseReturnValue:
    """The record's page, with what was typed still in its form."""
    answer = make_response(visits.page(record) if type_name == "visit" else record_pages.page(type_name, record))
    answer.status_code = 422
    return answer


def remark_templates() -> list[tuple[str, str]]:
    """(value, text) of the remarks that are said often, in Russian: it is what the tablet shows."""
    return [(entry["value"], entry["label"]["ru"]) for entry in lists()["review_remarks"] if not entry["to"]]


def _one(type_name: str, ticked: Sequence[Revs], own: set[str]) -> None:
    """Says it of these records, all of which are of one visit (``own``)."""
    word = _word(type_name, request.form)
    revs = {id: rev for each in ticked for id, rev in each.items()}
    if not revs.keys() <= own:
        raise Unfit(_("The form is damaged. Open the page once more."))
    said = _say(type_name, revs, word)
    if not said.done and not said.disputed:
        raise Unfit(_("Somebody was faster: this is decided already. Nothing was changed."))
    if said.done and word.to == ACCEPTED:
        number = len(said.done)
        many = ngettext("%(num)s record is accepted.", "%(num)s records are accepted.", number)
        flash(many if number > 1 else _("It is accepted."))
    elif said.done:
        flash(
            _("It is returned. The tablet gets the remark when it next syncs, and the record is open for its author.")
        )
    _tell_of_disputed(said)


def _many(ticked: Sequence[Revs], word: Word) -> None:
    """Says the same of each of these visits, of all the records of a joint one, as far as it can be said."""
    said = _say("visit", {id: rev for each in ticked for id, rev in each.items()}, word)
    done = [each for each in ticked if said.done & each.keys()]
    if word.to == ACCEPTED:
        told = ngettext("%(num)s visit is accepted.", "%(num)s visits are accepted.", len(done))
    else:
        told = ngettext("%(num)s visit is returned.", "%(num)s visits are returned.", len(done))
    if len(said.done) > len(done):
        told += " " + ngettext("%(num)s record in all.", "%(num)s records in all.", len(said.done))
    flash(told)
    if left := sum(not (each.keys() - said.left) for each in ticked):
        flash(ngettext("%(num)s was left: not signed, or decided.", "%(num)s were left: not signed, or decided.", left))
    _tell_of_disputed(said)


@dataclass(frozen=True, slots=True)
class Said:
    """Ids: of which records it was said, of which it met another's word (``disputed``), and which were ``left``."""

    done: set[str]
    disputed: set[str]
    left: set[str]


def _say(type_name: str, revs: Revs, word: Word) -> Said:
    """Says it of those of these records that are within reach, signed, and do not say so already."""
    signature, field = registry.types()[type_name].signing or ("", "")
    found = records.several(type_name, revs, my_reach().own)
    fit = [
        each
        for each in found.values()
        if (each.fields.get(signature) or each.fields.get(field)) and each.fields.get(field) != word.to
    ]
    changes = [_change(each, field, word, revs[each.id], request.form) for each in fit]
    results = office.write(people.author(person()), changes) if changes else []
    disputed = {each.id for each, result in zip(fit, results, strict=True) if result.outcome == "conflict"}
    done = {each.id for each in fit} - disputed
    return Said(done, disputed, set(revs) - done - disputed)


def _tell_of_disputed(said: Said) -> None:
    if said.disputed:
        flash(_("It is written, but somebody changed the same field meanwhile: decide which is right."), "warn")


def _ticked(name: str) -> list[Revs]:
    """The visits that were ticked, each «id:rev» or several of a joint one with spaces between. Raises Unfit."""
    found: list[Revs] = [
        {id: typed.base(rev) for id, _colon, rev in (pair.partition(":") for pair in each.split())}
        for each in request.form.getlist(name)[:MOST]
    ]
    if not found:
        raise Unfit(_("Tick the visits that you mean first."))
    return found


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
