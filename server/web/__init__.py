"""The office: pages for officers and admins. One module a page; each asks `reading/` for what it shows and writes
through the services.

Start in `init_web`. Templates speak English and are read in Russian (languages.py); nothing is loaded from elsewhere
and no page holds a script or a style of its own (guard.py says so to the browser).
"""

from __future__ import annotations

from flask import Flask

from server import signin
from server.roles import Right
from server.web import (
    account,
    asking,
    certificates,
    editing,
    families,
    incoming,
    journals,
    lists,
    mending,
    openings,
    outgoing,
    persons,
    photos,
    planning,
    queue,
    records,
    reviewing,
    setup,
    shields,
    start,
    tablet_app,
    tablets,
    tasks,
    teams,
    trail,
    trips,
    visits,
)
from server.web.errors import page_error, page_failure, too_many
from server.web.guard import guarded, init_guard
from server.web.languages import init_languages
from server.web.opwords import init_opwords
from server.web.show import init_show
from server.web.taskwords import init_taskwords
from server.web.witness import init_witness

__all__ = ["init_web", "page_error", "page_failure", "too_many"]

RIGHTS = (
    (start, None),
    (visits, Right.FAMILIES),
    (trips, Right.FAMILIES),
    (planning, Right.TRIPS),
    (openings, Right.FAMILIES),
    (families, Right.FAMILIES),
    (photos, Right.FAMILIES),
    (certificates, Right.FAMILIES),
    (journals, Right.FAMILIES),
    (shields, Right.SHIELD),
    (queue, Right.QUEUE),
    (mending, Right.QUEUE),
    (tablets, Right.TABLETS),
    (records, None),
    (reviewing, Right.CORRECT),
    (editing, Right.CORRECT),
    (persons, Right.PEOPLE),
    (setup, None),
    (teams, Right.TRIPS),
    (lists, Right.TRIPS),
    (incoming, Right.TRIPS),
    (outgoing, Right.FAMILIES),
    (tasks, None),
    (trail, Right.AUDIT),
    (account, None),
)
"""What each module's pages ask of who looks at them. Where (scope) is asked of reading/reach.py."""
PAGES = (
    *(guarded(module.pages, right) for module, right in RIGHTS),
    guarded(outgoing.sheets, Right.FAMILIES),
)


def init_web(app: Flask) -> None:
    """Puts sign-in, languages and the pages on an app."""
    signin.init_signin(app)
    init_languages(app)
    init_guard(app)
    init_witness(app)
    init_show(app)
    init_opwords(app)
    galleries = (photos.arrivals, photos.is_picture, photos.on_their_way)
    for tool in (*galleries, asking.asked_about, asking.my_colleagues, reviewing.remark_templates):
        app.add_template_global(tool)
    init_taskwords(app)
    for pages in (*PAGES, tablet_app.pages):
        app.register_blueprint(pages)
