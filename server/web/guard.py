"""Who may come in: sign-in, roles, forged forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Flask, Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from server import people
from server.people import Person

P = ParamSpec("P")


def init_guard(app: Flask) -> None:
    """Every form outside `/api/` must carry its token."""
    app.before_request(_refuse_forged_forms)
    app.add_template_global(visitor)


def is_page() -> bool:
    """Whether this request is for a person: everything but `/api/`."""
    return not request.path.startswith("/api/")


def _refuse_forged_forms() -> None:
    if is_page():
        people.csrf.protect()


def signed_in_only(pages: Blueprint) -> Blueprint:
    """A blueprint whose pages are for signed-in people."""
    pages.before_request(_require_person)
    return pages


def visitor() -> Person | None:
    """Who is looking at this page, None before sign-in."""
    if "person" not in g:
        g.person = people.current()
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


def admins_only(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """A page or a deed for admins; others get 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not person().is_admin:
            abort(403)
        return view(*args, **kwargs)

    return guarded
