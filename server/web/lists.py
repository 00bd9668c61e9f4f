"""The region's code lists: what things are called, since when and until when. Nothing is removed: what is no longer
used is dated out."""

from __future__ import annotations

import csv
from io import StringIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from schemas import codes
from server import clock, people, reference
from server.imports.codes import COLUMNS, put
from server.roles import Right
from server.web.guard import needs, person
from server.web.languages import language
from server.web.show import words

pages = Blueprint("lists", __name__, url_prefix="/lists")
NAMES = {
    "address_kinds": lazy_gettext("Kinds of addresses"),
    "assignment_roles": lazy_gettext("Roles of specialists at a family"),
    "attachment_kinds": lazy_gettext("Kinds of attachments"),
    "categories": lazy_gettext("Categories of families and people"),
    "circumstances": lazy_gettext("Circumstances (art. 15 of 442-FZ)"),
    "conditions": lazy_gettext("Conditions of housing"),
    "consultation_channels": lazy_gettext("Ways of consulting"),
    "escort_levels": lazy_gettext("Levels of escort"),
    "institution_kinds": lazy_gettext("Kinds of units"),
    "leaving_results": lazy_gettext("Results of escort"),
    "needs": lazy_gettext("Needs of families"),
    "outcomes": lazy_gettext("Outcomes of work with a child"),
    "purposes": lazy_gettext("Purposes of data processing"),
    "review_remarks": lazy_gettext("Remarks that are often said in a review"),
    "risk_forms": lazy_gettext("Forms of risk assessment"),
    "risk_questions": lazy_gettext("Questions of risk assessment"),
    "service_forms": lazy_gettext("Forms of service"),
    "service_units": lazy_gettext("Units of services"),
    "services": lazy_gettext("Kinds of services"),
    "signal_sources": lazy_gettext("Sources of signals"),
    "topics": lazy_gettext("Topics of consultations"),
    "visit_kinds": lazy_gettext("Kinds of visits"),
}


@pages.get("")
def list_page() -> ResponseReturnValue:
    """The lists, each with how many values it has in force."""
    reference.current()
    day = clock.today().isoformat()
    counted = [
        (name, str(NAMES[name]), sum(_in_force(each, day) for each in own)) for name, own in codes.lists().items()
    ]
    return render_template("lists.html", lists=sorted(counted, key=lambda each: each[1]), known=words())


@pages.get("/all.csv")
def table() -> ResponseReturnValue:
    """All lists as the table that can be imported again."""
    reference.current()
    file = StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for name, entries in codes.lists().items():
        for each in entries:
            label = each["label"]
            writer.writerow((name, each["value"], label["ru"], label["en"], each["from"] or "", each["to"] or ""))
    said = {"Content-Disposition": 'attachment; filename="codes.csv"'}
    return Response("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8", headers=said)


@pages.get("/<code_list>")
def page(code_list: str) -> ResponseReturnValue:
    """One list."""
    return _page(code_list)


@pages.post("/<code_list>")
@needs(Right.DECIDE)
def write(code_list: str) -> ResponseReturnValue:
    """Adds a value, or gives one another name or other dates."""
    if not person().is_unbounded:
        return _page(code_list, _("Code lists are kept by an administrator of the whole region."), 422)
    if request.form.get("action") == "add" and _has(code_list, request.form.get("value", "").strip()):
        return _page(code_list, _("This code is in the list already: change it above, or choose another one."), 422)
    why = put(people.author(person()), {**request.form.to_dict(), "list": code_list})
    if why:
        return _page(code_list, why[language() != "ru"], 422)
    flash(_("Done. Tablets get it when they next sync."))
    return redirect(url_for("lists.page", code_list=code_list))


def _has(code_list: str, value: str) -> bool:
    return any(each["value"] == value for each in codes.lists().get(code_list, ()))


def _in_force(entry: codes.Entry, day: str) -> bool:
    return (entry["from"] or "") <= day <= (entry["to"] or "9")


def _page(name: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    reference.current()
    entries = codes.lists().get(name) or abort(404)
    context = {"name": name, "label": str(NAMES[name]), "entries": entries, "known": words()}
    may_write = person().may(Right.DECIDE) and person().is_unbounded
    return render_template("list.html", **context, warning=warning, may_write=may_write), status
