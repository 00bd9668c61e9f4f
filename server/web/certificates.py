"""Figures frozen under a number: made from a list of families, shown again with their list, to who sees the place where
they were counted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server import certificates, clock
from server.certificates import Certificate
from server.reading import families
from server.reading.families import TooMany
from server.reading.paging import SIZE, Page, offset
from server.web.families import filter_words, wanted_of
from server.web.forms import page_number
from server.web.guard import person
from server.web.show import my_reach, words

pages = Blueprint("certificates", __name__, url_prefix="/certificates")
LENGTH = 300


@pages.get("")
def list_page() -> ResponseReturnValue:
    """The last ones, the latest first."""
    found = certificates.latest(my_reach().territories)
    return render_template("certificates.html", found=found, known=words(), said_of=_said_of)


@pages.post("")
def freeze() -> ResponseReturnValue:
    """Freezes what the list shows just now."""
    wanted, reach = wanted_of(request.form), my_reach()
    said: dict[str, Any] = {name: value for name, value in asdict(wanted).items() if value}
    try:
        ids = families.all_ids(wanted, reach, clock.today())
    except TooMany:
        flash(_("More families match than words can find: the figure would not be right. Ask without words."), "warn")
        return redirect(url_for("families.list_page", **said))
    note = request.form.get("note", "").strip()[:LENGTH]
    among = reach.among(wanted.territory)
    number = certificates.freeze(person(), clock.today().isoformat(), note, said, among, ids)
    return redirect(url_for("certificates.page", number=number))


@pages.get("/<int(max=2147483647):number>")
def page(number: int) -> ResponseReturnValue:
    """The figure as it was told, and its list: who they are, is read anew."""
    found = certificates.find(number)
    if found is None or not my_reach().covers(found.territories):
        abort(404)
    start = offset(page_number())
    lines = families.listed(found.families[start : start + SIZE], clock.today(), my_reach())
    shown = Page(lines, found.figure, page_number())
    said = filter_words(wanted_of(found.wanted))
    return render_template("certificate.html", found=found, page=shown, said=said, known=words())


def _said_of(found: Certificate) -> str:
    """The filter in one line."""
    said = filter_words(wanted_of(found.wanted))
    return "; ".join(f"{label}: {value}" for label, value in said) or _("all families within reach")
