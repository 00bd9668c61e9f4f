"""The office corrects a record on a form: a box for each value that can be typed. What was changed becomes one op.

What a specialist says by phone is corrected here too, and marked so: by whom it was said, and in which fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from schemas import registry
from schemas.base import RecordType
from schemas.fields import DateTime, Field, States
from schemas.kinds import Kind
from schemas.placement import Reference
from server import epoch, office, people
from server.db import reading
from server.office import Change
from server.reading import places, records
from server.reading.records import Shown
from server.register import Stored
from server.roles import Right
from server.web import typed
from server.web.guard import person
from server.web.show import my_reach, record_url, words
from server.web.typed import Unfit

pages = Blueprint("editing", __name__, url_prefix="/edit")
TYPED = (Kind.LATEST, Kind.GUARDED, Kind.ONCE, Kind.STATES)
BY_PHONE = "by_phone"
OF_SHIELD = ("shielded", "shield_reason")
OF_REVIEW = ("signed_at", "review_state", "review_remark", "review_due", "review_phone")
"""What a specialist's signature says, and the fields that have forms of their own (reviewing.py, shields.py)."""


def boxes(schema: RecordType) -> dict[str, Field]:
    """The fields that the form has a box for."""
    return {
        name: field
        for name, field in schema.fields.items()
        if field.kind in TYPED and typed.has_box(field) and name not in (*OF_REVIEW, *OF_SHIELD)
    }


@pages.get("/<type_name>/<record>")
def page(type_name: str, record: str) -> ResponseReturnValue:
    """The form, filled with what stands."""
    return _form(*_found(type_name, record))


@pages.post("/<type_name>/<record>")
def write(type_name: str, record: str) -> ResponseReturnValue:
    """Writes what was changed."""
    schema, found = _found(type_name, record)
    try:
        change = _change(schema, found.record, request.form)
    except Unfit as error:
        return _form(schema, found, str(error), 422)
    if change is None:
        flash(_("Nothing was changed."))
        return redirect(record_url(type_name, record))
    (result,) = office.write(people.author(person()), [change])
    if result.outcome == "conflict":
        flash(_("It is written, but somebody changed the same field meanwhile: decide which is right."))
    elif result.outcome == "quarantined":
        odd = _("It could not be written as it stands: look for odd signs in what you typed.")
        return _form(schema, found, odd, 422)
    else:
        flash(_("It is corrected. Tablets get it when they next sync."))
    return redirect(record_url(type_name, record))


def _found(type_name: str, record: str) -> tuple[RecordType, Shown]:
    schema = registry.get(type_name) or abort(404)
    if isinstance(schema.feed, Reference) and not person().may(Right.DECIDE):
        abort(403)
    return schema, records.shown(type_name, record, my_reach().own, words()) or abort(404)


def _form(schema: RecordType, found: Shown, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    with reading() as connection:
        present = epoch.of(connection)
    stands = {name: _written(field, found.record) for name, field in boxes(schema).items()}
    was = {name: request.form.get(f"was_{name}", text) for name, text in stands.items()}
    context: dict[str, Any] = {
        "schema": schema,
        "record": found.record,
        "known": found.words,
        "boxes": boxes(schema),
        "shown": {name: request.form.get(name, text) for name, text in was.items()},
        "stood": was,
    }
    context["workers"] = places.workers(my_reach()) if BY_PHONE in schema.fields else []
    return render_template("edit.html", **context, epoch=present, warning=warning), status


def _written(field: Field, record: Stored) -> str:
    """A value as its box holds it; a moment in local time, to the minute."""
    value = record.fields.get(str(field.name))
    if isinstance(field, DateTime) and value:
        zone = current_app.config["VYEZD"].timezone
        return datetime.fromisoformat(value).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return typed.written(value)


def _change(schema: RecordType, record: Stored, form: Mapping[str, str]) -> Change | None:
    """The op that the form asks for; None where nothing differs. Raises Unfit."""
    values: dict[str, Any] = {}
    for name, field in boxes(schema).items():
        was, text = typed.box(form, name, _written(field, record))
        if text != was:
            values[name] = _value(schema, name, field, text, record)
    if not values:
        return None
    _fit_together(schema, record.fields, values)
    seen: dict[str, Any] = {"base": typed.base(form.get("base", "")), "epoch": form.get("epoch") or None}
    return Change(record.type, record.id, set=values, add=_mark(schema, values, form), **seen)


def _fit_together(schema: RecordType, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Raises Unfit where values break a rule across fields that was kept until now; a tablet may, for it is alone."""
    written = {name: each["to"] if isinstance(schema.fields[name], States) else each for name, each in values.items()}
    broken = sorted({*schema.breaches({**before, **written})} - {*schema.breaches(before)})
    if broken:
        labels = ", ".join(f"«{label}»" for label in words().labels(schema.name, broken))
        raise Unfit(_("%(fields)s: does not fit with the other values. Mend it or what it depends on.", fields=labels))


def _value(schema: RecordType, name: str, field: Field, text: str, record: Stored) -> Any:
    if isinstance(field, States):
        if text not in field.transitions.get(record.fields.get(name), ()):
            raise Unfit(_("From its present state the record cannot go there."))
        return typed.step(field, text, [record.fields.get(name)])
    value = typed.read(field, text) if text else None
    typed.check(str(schema.name), name, value)
    return value


def _mark(schema: RecordType, values: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, list[Any]]:
    """The mark of what was corrected by phone. Raises Unfit."""
    note, worker = form.get("said_by", "").strip(), form.get("worker")
    if not (note or worker) or BY_PHONE not in schema.fields:
        return {}
    if worker and worker not in dict(places.workers(my_reach())):
        raise Unfit(_("The form is damaged. Open the page once more."))
    labels = ", ".join(str((schema.fields[name].label or ("", ""))[0]) for name in values)
    said = {"said_by": worker, "note": note[:2000]}
    return {BY_PHONE: [{"fields": labels[:300]} | {name: value for name, value in said.items() if value}]}
