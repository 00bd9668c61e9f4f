"""GET /changes: the rest of a scope as NDJSON, one short read a page; a tablet may stop anywhere and resume."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from flask import Response, current_app, request
from flask_smorest import Blueprint

from server import cursor as cursors
from server import devices, pull
from server.api import auth, docs
from server.problems import Problem

PAGE = 2_000
CURSOR_EVERY = 200

blueprint = Blueprint("changes", __name__, url_prefix="/api/v1", description="A scope as a resumable feed")


@blueprint.get("/changes")
@blueprint.doc(**docs.CHANGES)
def changes() -> Response:
    """Read on from a cursor."""
    author = devices.author(auth.reader())
    try:
        cursor = pull.begin(request.args.get("cursor") or None, author.device)
    except pull.OtherEpoch as error:
        raise Problem("gone", reset=True) from error
    page = pull.page(author.scope or frozenset(), cursor, PAGE)
    page.note(author.device)
    return Response(b"".join(_lines(page)), content_type="application/x-ndjson")


def _lines(page: pull.Page) -> Iterator[bytes]:
    keys = current_app.extensions["vyezd.keys"]
    for number, line in enumerate(page.lines, 1):
        yield line.json + b"\n"
        if number % CURSOR_EVERY == 0 and number < len(page.lines):
            yield orjson.dumps({"cursor": cursors.write(line.cursor, keys), "more": True}) + b"\n"
    yield orjson.dumps({"cursor": page.text(keys), "more": page.more}) + b"\n"
