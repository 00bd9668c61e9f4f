"""Who may come in: sign-in, rights, forged forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from server import signin
from server.people import Person
from server.roles import Right

P = ParamSpec("P")
UPLOADS, UPLOAD_BYTES = "imports.take", 128 * 1024 * 1024
"""Where people who have signed in send files, and how large: a table of a region's families has some 30 MB."""


def init_guard(app: Flask) -> None:
    """Every form outside `/api/` must carry its token."""
    app.before_request(_refuse_forged_forms)
    app.add_template_global(visitor)


def is_page() -> bool:
    """Whether this request is for a person: everything but `/api/`."""
    return not request.path.startswith("/api/")


def _refuse_forged_forms() -> None:
    if request.endpoint == UPLOADS and visitor():
        request.max_content_length = UPLOAD_BYTES
    if is_page():
        _refuse_nul()
        signin.csrf.protect()


def _refuse_nul() -> None:
    """No text of ours has the sign NUL in it, and PostgreSQL takes none."""
    said = (*request.values.items(multi=True), (request.path, ""))
    if any("\0" in each for pair in said for each in pair):
        abort(400)


def guarded(pages: Blueprint, right: Right | None) -> Blueprint:
    """A blueprint whose pages are for signed-in people, with this right if one is given."""

    def require() -> ResponseReturnValue | None:
        refusal = _require_person() or _require_own_secrets(pages)
        if refusal is None:
            _require_right(right)
        return refusal

    pages.before_request(require)
    return pages


def visitor() -> Person | None:
    """Who is looking at this page, None before sign-in."""
    if "person" not in g:
        g.person = signin.current()
    return g.person


def person() -> Person:
    """Who is looking at this page, which is for signed-in people."""
    return visitor() or abort(401)


def _require_person() -> ResponseReturnValue | None:
    if visitor():
        return None
    place = url_for("security.login", next=request.full_path.rstrip("?") if request.method == "GET" else "/")
    if "HX-Request" in request.headers:
        return Response(headers={"HX-Redirect": place})
    return redirect(place)


def _require_own_secrets(pages: Blueprint) -> ResponseReturnValue | None:
    """A one-time password is changed, and the region's second factor set up, before anything else."""
    if pages.name == "account":
        return None
    if person().one_time_until is not None:
        return redirect(url_for("account.page"))
    if current_app.config["VYEZD"].totp and not person().has_code:
        return redirect(url_for("account.code_page"))
    return None


def _require_right(right: Right | None) -> None:
    if right is not None and not person().may(right):
        abort(403)


def needs(right: Right) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """A page or a deed for people with a right; others get 403."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            _require_right(right)
            return view(*args, **kwargs)

        return checked

    return decorate
