"""The office's word on what a specialist signed: accept it, or return it with a remark, a day and a phone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from schemas import registry
from schemas.fields import States
from server import office, people
from server.office import Change
from server.reading import records
from server.register import Stored
from server.web import typed
from server.web.guard import person
from server.web.show import my_reach, record_url, words
from server.web.typed import Unfit

pages = Blueprint("reviewing", __name__, url_prefix="/review")
REMARK, DUE, PHONE = "review_remark", "review_due", "review_phone"


@pages.post("/<type_name>/<record>")
def review(type_name: str, record: str) -> ResponseReturnValue:
    """Accepts or returns, then shows the record again."""
    schema = registry.get(type_name) or abort(404)
    found = records.shown(type_name, record, my_reach().own, words())
    if found is None or schema.signing is None:
        abort(404)
    try:
        flash(_carry_out(found.record, schema.signing[1], request.form))
    except Unfit as error:
        flash(str(error), "warn")
    return redirect(record_url(type_name, record))


def _carry_out(record: Stored, field: str, form: Mapping[str, str]) -> str:
    to = form.get("to", "")
    if to not in ("accepted", "returned"):
        raise Unfit(_("The form is damaged. Open the page once more."))
    if record.fields.get(field) == to == "accepted":
        raise Unfit(_("Somebody was faster: this is decided already. Nothing was changed."))
    values = _step(record, field, to) | (_said(record.type, form) if to == "returned" else {})
    base = {"base": typed.base(form.get("base", "")), "epoch": form.get("epoch") or None}
    (result,) = office.write(people.author(person()), [Change(record.type, record.id, set=values, **base)])  # type: ignore[arg-type]
    if result.outcome == "conflict":
        return _("It is written, but somebody changed the same field meanwhile: decide which is right.")
    if to == "accepted":
        return _("It is accepted.")
    return _("It is returned. The tablet gets the remark when it next syncs, and the record is open for its author.")


def _step(record: Stored, field: str, to: str) -> dict[str, Any]:
    """The step to a state."""
    declared = registry.types()[record.type].fields[field]
    assert isinstance(declared, States)
    return {field: typed.step(declared, to, [record.fields.get(field)])}


def _said(type_name: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The remark, the day and the phone of a return. Raises Unfit."""
    values: dict[str, Any] = {name: form.get(name, "").strip() or None for name in (REMARK, DUE, PHONE)}
    if not values[REMARK]:
        raise Unfit(_("Write what has to be mended: the remark reaches the tablet."))
    values[PHONE] = values[PHONE] or person().phone
    for name, value in values.items():
        if value is not None:
            typed.check(type_name, name, value)
    return values
