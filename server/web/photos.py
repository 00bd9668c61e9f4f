"""Photographs and scans of attachments: their gallery on the pages of records, small, whole, and to take along.

Each opening is a request of its own, so each has its entry in the audit (witness.py). The bytes are somebody else's: a
browser is told their true type, to guess none, and to run nothing (headers.SANDBOX).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import wrap_file

from schemas import media
from server.blobs import access, store, thumbs
from server.blobs.access import Arrival, Held
from server.headers import SANDBOX
from server.problems import Problem
from server.register import Stored
from server.web.show import my_reach

pages = Blueprint("photos", __name__, url_prefix="/photos")


@pages.get("/<record>/small")
def small(record: str) -> ResponseReturnValue:
    """A small picture."""
    try:
        picture = thumbs.of(_held(record))
    except (FileNotFoundError, Problem):
        picture = None
    return Response(picture, mimetype="image/jpeg", headers=SANDBOX) if picture else abort(404)


@pages.get("/<record>/whole")
def whole(record: str) -> ResponseReturnValue:
    """The picture as it is kept. What is no picture is taken along: it is not shown among our pages."""
    held = _held(record)
    return _file(record, held, "inline" if held.mime in media.IMAGES else "attachment")


@pages.get("/<record>/download")
def download(record: str) -> ResponseReturnValue:
    """The file to take along."""
    return _file(record, _held(record), "attachment")


def _held(record: str) -> Held:
    return access.of_person(record, my_reach()) or abort(404)


def _file(record: str, held: Held, how: str) -> Response:
    name = f"{record[-12:]}.{media.TYPES[held.mime]}"
    body = wrap_file(request.environ, store.kept().open(held.content))
    answer = Response(body, mimetype=held.mime, direct_passthrough=True, headers=SANDBOX)
    answer.content_length = held.size
    answer.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return answer


def arrivals(attachments: Iterable[Stored]) -> dict[str, Arrival]:
    """How far the files of these attachments are, by the attachments' ids."""
    return access.arrivals(attachments)


def is_picture(held: Held) -> bool:
    """Whether it can be shown."""
    return held.mime in media.IMAGES


def on_their_way(attachments: Sequence[Stored], come: dict[str, Arrival]) -> int:
    """How many of these have not come yet."""
    return sum(come[each.id].held is None for each in attachments)
