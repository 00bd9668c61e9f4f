"""Records of any type, by schema: the list of types, the records of one, and one record."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template
from flask.typing import ResponseReturnValue

from schemas import registry
from schemas.base import RecordType
from schemas.placement import Reference
from server.reading import records, timeline
from server.roles import Right
from server.web.forms import page_number
from server.web.guard import person
from server.web.show import OWN_PAGES, my_reach, record_url, words

pages = Blueprint("records", __name__, url_prefix="/records")


@pages.get("")
def types() -> ResponseReturnValue:
    """Every type within the reader's rights; who sees everything sees how many records of it there are."""
    names = [name for name in registry.types() if _is_open(name)]
    counts = records.counts(my_reach()) if my_reach().territories is None else {}
    return render_template("types.html", names=names, counts=counts, known=words())


@pages.get("/<type_name>")
def list_page(type_name: str) -> ResponseReturnValue:
    """The records of one type, newest first."""
    schema = _schema(type_name)
    page, known = records.listed(type_name, my_reach(), words(), page_number())
    columns = records.columns(schema)
    return render_template("records.html", schema=schema, page=page, known=known, columns=columns)


@pages.get("/<type_name>/<record>")
def page(type_name: str, record: str) -> ResponseReturnValue:
    """One record: its fields, what rests on it, its story."""
    schema = _schema(type_name)
    if type_name in OWN_PAGES:
        return redirect(record_url(type_name, record))
    found = records.shown(type_name, record, my_reach(), words()) or abort(404)
    acts, known = timeline.timeline(record, found.words)
    return render_template("record.html", found=found, schema=schema, acts=acts, known=known)


def _is_open(type_name: str) -> bool:
    """What everything refers to is open to everybody; the rest holds families' data."""
    return person().may(Right.FAMILIES) or isinstance(registry.types()[type_name].feed, Reference)


def _schema(type_name: str) -> RecordType:
    schema = registry.get(type_name) or abort(404)
    return schema if _is_open(type_name) else abort(403)
