"""The way to everything that is set up and kept: teams, accounts, code lists, imports, exports, the audit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from server.roles import Right
from server.web.guard import person

pages = Blueprint("setup", __name__, url_prefix="/management")
WAYS: tuple[tuple[str, Any, Any, Right | None], ...] = (
    ("teams.list_page", _("Teams and specialists"), _("who goes out, where, on which tablets"), Right.TRIPS),
    ("tablets.list_page", _("Tablets"), _("codes for joining, silent and lost ones"), Right.TABLETS),
    ("persons.list_page", _("Accounts of the office"), _("roles, places, one-time passwords, leave"), Right.PEOPLE),
    ("lists.list_page", _("Code lists"), _("what the region calls things"), Right.TRIPS),
    ("imports.page", _("Imports"), _("families, a plan of trips, code lists, the classifier"), Right.TRIPS),
    ("exports.page", _("Exports"), _("the visit log and records as files, templates of papers"), Right.FAMILIES),
    ("trail.page", _("Audit"), _("who read, wrote, took out and was refused what"), Right.AUDIT),
    ("records.types", _("All records"), _("every kind of record, as it is kept"), None),
)


@pages.get("")
def page() -> ResponseReturnValue:
    """The ways that are open to the reader."""
    return render_template("setup.html", ways=[way for way in WAYS if way[3] is None or person().may(way[3])])
