"""The office: pages for officers and admins. One module a page; each asks `reading/` for what it shows and writes
through the services.

Start in `init_web`. Templates speak English and are read in Russian (languages.py); nothing is loaded from elsewhere
and no page holds a script or a style of its own (guard.py says so to the browser).
"""

from __future__ import annotations

from flask import Flask

from server import people
from server.web import account, editing, families, mending, queue, records, reviewing, start, tablets, visits
from server.web.errors import page_error, page_failure
from server.web.guard import init_guard, signed_in_only
from server.web.languages import init_languages
from server.web.opwords import init_opwords
from server.web.show import init_show
from server.web.witness import init_witness

__all__ = ["init_web", "page_error", "page_failure"]

MODULES = (start, visits, families, queue, mending, tablets, records, reviewing, editing, account)
PAGES = tuple(signed_in_only(module.pages) for module in MODULES)


def init_web(app: Flask) -> None:
    """Puts sign-in, languages and the pages on an app."""
    people.init_people(app)
    init_languages(app)
    init_guard(app)
    init_witness(app)
    init_show(app)
    init_opwords(app)
    for pages in PAGES:
        app.register_blueprint(pages)
