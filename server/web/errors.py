"""Errors as plain pages in the reader's language: what happened and what to do next. `/api/` has problem+json."""

from __future__ import annotations

import uuid

import structlog
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from server.throttle import TooMany
from server.web.guard import visitor

log = structlog.get_logger()

WORDS = {
    403: (
        _("This is not open to you"),
        _("Your role does not allow this. If it is your work, ask the administrator."),
    ),
    404: (
        _("There is no such page"),
        _("The address is wrong, the record was deleted, or it lies outside your territory."),
    ),
    405: (_("There is no such page"), _("This address takes no such request. Go back and try again.")),
}
FORGED = (
    _("The form has expired"),
    _("Nothing was changed. Go back, reload the page and send the form once more; you may have to sign in again."),
)
BROKEN = (
    _("Something broke on the server"),
    _("What was saved is not lost. Try again; if it happens once more, tell the system administrator this number."),
)
OTHER = (_("The request could not be carried out"), _("Go back and try again."))


def too_many(error: TooMany) -> ResponseReturnValue:
    """Too many tries: when to try again."""
    minutes = -(-error.seconds // 60)
    text = ngettext("Try again in %(num)s minute.", "Try again in %(num)s minutes.", minutes)
    page = render_template("error.html", title=_("Too many tries"), text=text, bare=True)
    return page, 429, {"Retry-After": str(error.seconds)}


def page_error(error: HTTPException) -> ResponseReturnValue:
    """An HTTP error as a page; redirects and the like pass as they are."""
    if error.code is None or error.code < 400:
        return error
    return _page(error.code, FORGED if isinstance(error, CSRFError) else WORDS.get(error.code, OTHER))


def page_failure(error: Exception) -> ResponseReturnValue:
    """An unforeseen failure, logged with an id that the page names. The page is bare: it asks no database."""
    error_id = str(uuid.uuid4())
    log.error("page.failed", error_id=error_id, endpoint=request.endpoint, exc_info=error)
    return render_template("error.html", title=BROKEN[0], text=BROKEN[1], error_id=error_id, bare=True), 500


def _page(code: int, words: tuple[object, object]) -> ResponseReturnValue:
    opening = (request.view_args or {}).get("record") if request.endpoint == "families.card" and code == 404 else None
    return render_template("error.html", title=words[0], text=words[1], opening=opening if visitor() else None), code
