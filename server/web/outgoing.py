"""What people take out: the page of exports, the papers of a trip, the templates behind them."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from schemas import registry
from schemas.placement import Apart
from server import clock, exports, tasks
from server.exports import orders, papers, pdf
from server.exports.orders import Asker
from server.reading import places, routesheet
from server.reading.routesheet import Row, Sheet
from server.reading.words import Words
from server.web import visits
from server.web.forms import day
from server.web.guard import person
from server.web.show import my_reach, words

pages = Blueprint("exports", __name__, url_prefix="/exports")
sheets = Blueprint("paper", __name__, url_prefix="/trips")
MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
}


@pages.get("")
def page() -> ResponseReturnValue:
    """What can be taken out, and what was in the last day."""
    last = clock.today().replace(day=1)
    since, until = day("since", last), day("until", clock.today())
    return render_template(
        "exports.html",
        types=sorted(((name, words().title(name)) for name in _types()), key=lambda each: each[1]),
        log_shapes=orders.LOG_SHAPES,
        list_shapes=orders.LIST_SHAPES,
        since=since,
        until=until,
        teams=places.teams(my_reach()),
        places=places.places(my_reach()),
        own={
            (name, kind): papers.own(name, kind) is not None for name, kinds in papers.PAPERS.items() for kind in kinds
        },
        tasks=tasks.latest(person().id, orders.KINDS),
        known=words(),
    )


@pages.post("")
def make() -> ResponseReturnValue:
    """Begins an export, and shows how far it is."""
    asker = Asker(person(), my_reach(), words(), clock.today())
    what, shape = request.form.get("what", ""), request.form.get("shape", "")
    if what == "log" and shape in orders.LOG_SHAPES:
        task = orders.start_log(asker, visits.asked(), shape)
    elif what in _types() and shape in orders.LIST_SHAPES:
        task = orders.start_list(asker, what, shape)
    else:
        flash(_("The form is damaged. Open the page once more."))
        return redirect(url_for("exports.page"))
    return redirect(url_for("tasks.page", id=task))


@pages.get("/templates/<paper>.<kind>")
def template(paper: str, kind: str) -> ResponseReturnValue:
    """The template of a paper that is in use, to be changed and put into the data folder."""
    if kind not in papers.PAPERS.get(paper, ()):
        abort(404)
    return _file(papers.sample(paper, kind), kind, f"{paper}.{kind}")


@sheets.get("/<record>/sheet.<shape>")
def route_sheet(record: str, shape: str) -> ResponseReturnValue:
    """The route sheet as a file: DOCX from the region's template, or PDF."""
    if shape not in ("docx", "pdf"):
        abort(404)
    sheet = routesheet.sheet(record, my_reach(), words(), clock.today()) or abort(404)
    try:
        content = _pdf(sheet) if shape == "pdf" else _docx(sheet)
    except pdf.NoPdf:
        flash(_("This server cannot make PDF. Open the route sheet and print it with Ctrl+P."))
        return redirect(url_for("trips.page", record=record))
    except papers.BadTemplate as error:
        flash(_("The region's own template cannot be filled: %(why)s", why=str(error)))
        return redirect(url_for("trips.page", record=record))
    exports.taken(person().id, record, shape=shape, rows=len(sheet.rows), paper=papers.ROUTE_SHEET)
    return _file(content, shape, f"{_('Route sheet')} {sheet.trip.fields.get('date_from', '')}.{shape}")


def _pdf(sheet: Sheet) -> bytes:
    forms = bool(request.args.get("forms"))
    return pdf.pages(
        "pdf/route_sheet.html", sheet=sheet, known=sheet.words, visit=registry.types()["visit"], forms=forms
    )


def _docx(sheet: Sheet) -> bytes:
    out = tasks.new_file(".docx")
    try:
        papers.fill_docx(papers.ROUTE_SHEET, _values(sheet), out)
        return out.read_bytes()
    finally:
        out.unlink(missing_ok=True)


def _values(sheet: Sheet) -> dict[str, Any]:
    """What the template's words stand for."""
    trip, known = sheet.trip.fields, sheet.words
    return {
        "first": date.fromisoformat(trip["date_from"]) if "date_from" in trip else None,
        "last": date.fromisoformat(trip["date_to"]) if "date_to" in trip else None,
        "team": sheet.team.get("name", ""),
        "purpose": trip.get("purpose", ""),
        "crew": ", ".join(str(each.get("name", "")) for each in sheet.crew),
        "vehicle": trip.get("vehicle", ""),
        "plate": trip.get("plate", ""),
        "rows": [_stop(number, row, known) for number, row in enumerate(sheet.rows, 1)],
    }


def _stop(number: int, row: Row, known: Words) -> dict[str, Any]:
    home, stop = row.home, row.stop
    last = home.last.fields if home and home.last else {}
    told = [known.value("visit", name, last.get(name)) for name in ("started_at", "result")]
    family = _("a family out of your reach") if row.hidden else ""
    if home:
        children = [each.name for each in home.household.members if each.here and each.is_child]
        family = "; ".join(
            filter(None, [home.household.head or _("unnamed"), home.family.fields.get("number"), *children])
        )
    return {
        "n": number,
        "time": known.value("visit", "started_at", stop.get("arrive_at")),
        "address": ", ".join(
            filter(None, [row.place.get("name"), home.family.fields.get("address") if home else None])
        ),
        "family": family,
        "phones": ", ".join(known.phone(phone) for _name, phone in home.phones) if home else "",
        "last": ", ".join(filter(None, told)),
        "note": stop.get("note", ""),
    }


def _types() -> list[str]:
    """The record types of which a reader may have a list."""
    return [name for name, schema in registry.types().items() if not isinstance(schema.feed, Apart)]


def _file(content: bytes, kind: str, name: str) -> ResponseReturnValue:
    return send_file(BytesIO(content), mimetype=MIME[kind], as_attachment=True, download_name=safe_name(name))


def safe_name(name: str) -> str:
    """A file name that every system takes."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name)
