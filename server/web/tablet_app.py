"""The tablet's web app under `/tablet/`: the files that `make setup` builds of client_stub/web, and what a browser may
do there. The app speaks to `/api/v1` like any tablet; nothing here knows the register.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, redirect, send_from_directory, url_for
from flask.typing import ResponseReturnValue

BUILT = Path("web/static/tablet")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(self), geolocation=(self), screen-wake-lock=(self), microphone=()",
}
UNCHANGING = "public, max-age=31536000, immutable"  # what lies in assets/ has its digest in its name

pages = Blueprint("tablet_app", __name__, url_prefix="/tablet")


@pages.get("")
def entrance() -> ResponseReturnValue:
    """The address without its slash, as people type it."""
    return redirect(url_for(".file"))


@pages.get("/", defaults={"name": "index.html"})
@pages.get("/<path:name>")
def file(name: str) -> Response:
    """A file of the app; the service worker and the page itself are asked for anew each time."""
    answer = send_from_directory(Path(current_app.root_path) / BUILT, name)
    answer.headers.update(HEADERS)
    answer.headers["Cache-Control"] = UNCHANGING if name.startswith("assets/") else "no-cache"
    return answer
