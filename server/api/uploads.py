"""Uploads by tus 1.0 (tus.io): core, creation, checksum, termination, expiration.

A chunk with `Upload-Checksum` counts whole or not at all. Without one, what arrived before a link broke counts, and the
tablet goes on at that byte. Nothing is read into memory but a piece.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, BinaryIO

import orjson
from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from schemas.digest import is_sha256
from server import devices, problems
from server.api import auth, filedocs
from server.blobs import room, store, uploads
from server.blobs.uploads import State
from server.problems import Problem

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,termination,expiration"
CHECKSUMS: dict[str, Callable[[], Any]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
CHUNK_TYPE = "application/offset+octet-stream"
PIECE = 1 << 18
IN_MEMORY = 1 << 20
_NUMBER = re.compile(r"[0-9]{1,15}")

blueprint = Blueprint("uploads", __name__, url_prefix="/api/v1", description="Photographs and scans come in (tus 1.0)")


@blueprint.after_request
def _say_version(answer: Response) -> Response:
    answer.headers["Tus-Resumable"] = VERSION
    if answer.status_code == 412:
        answer.headers["Tus-Version"] = VERSION
    if request.method == "HEAD" and answer.mimetype == problems.MIME:  # which goes without its body
        answer.headers["Problem-Type"] = orjson.loads(answer.get_data())["type"]
    return answer


@blueprint.route("/uploads", methods=["OPTIONS"])
@blueprint.doc(**filedocs.OPTIONS)
def options() -> Response:
    """What of tus is spoken here."""
    said = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(room.largest()),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }
    return Response(status=204, headers=said)


@blueprint.post("/uploads")
@blueprint.doc(**filedocs.CREATE)
def create() -> Response:
    """Begin an upload, or go on with the one that has this hash."""
    device, reads = _sender()
    size = _number("Upload-Length")
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    sha256 = told.get("sha256") or None
    if sha256 is not None and not is_sha256(sha256):
        raise Problem("unprocessable", errors={"Upload-Metadata": ["sha256"]})
    author = devices.author(device)
    if not reads:  # it is not told of files that it has not sent itself
        author = replace(author, scope=frozenset())
    made = uploads.create(device, author, size, sha256, told.get("exif") == "keep", "sealed" in told)
    return _answer(made, 201, {"Location": f"/api/v1/uploads/{made.id}"})


@blueprint.route("/uploads/<id>", methods=["HEAD"])
@blueprint.doc(**filedocs.HEAD)
def head(id: str) -> Response:
    """Where an upload stands."""
    known = uploads.state(id, _sender()[0].id)
    return _answer(known, 200, {"Upload-Length": str(known.size), "Cache-Control": "no-store"})


@blueprint.patch("/uploads/<id>")
@blueprint.doc(**filedocs.PATCH)
def patch(id: str) -> Response:
    """A chunk, at the offset where the upload stands."""
    device = _sender()[0].id
    if request.mimetype != CHUNK_TYPE:
        raise Problem("bad-request", errors={"Content-Type": [CHUNK_TYPE]})
    request.max_content_length = None
    offset, checked = _number("Upload-Offset"), request.headers.get("Upload-Checksum")
    known = uploads.state(id, device)
    if known.offset != offset:
        raise Problem("wrong-offset", offset=known.offset)
    if known.done:
        return _answer(known, 204)
    return _answer(_whole(known, device, checked) if checked else _as_it_comes(known, device), 204)


@blueprint.delete("/uploads/<id>")
@blueprint.doc(**filedocs.DELETE)
def terminate(id: str) -> Response:
    """Give an upload up."""
    uploads.end(id, _sender()[0].id)
    return Response(status=204)


@blueprint.post("/uploads/<id>")
@blueprint.doc(**filedocs.OVERRIDE)
def override(id: str) -> Response:
    """The same by `X-HTTP-Method-Override`, for clients that cannot say PATCH or DELETE."""
    _sender()
    answered: dict[str, Callable[[str], Response]] = {"PATCH": patch, "DELETE": terminate, "HEAD": head}
    meant = answered.get(request.headers.get("X-HTTP-Method-Override", "").upper())
    if meant is None:
        raise Problem("method-not-allowed")
    return meant(id)


def _sender() -> tuple[Any, bool]:
    """The tablet's row, and whether it may also read: with a push token it may not. Raises Problem unauthorized,
    wrong-version."""
    sender = auth.pusher()
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Problem("wrong-version")
    return sender


def _as_it_comes(known: State, device: str) -> State:
    """Each piece counts when it is on disk; what a broken link has brought does too."""
    piece = io.BytesIO()
    with suppress(ClientDisconnected):
        while data := request.stream.read(PIECE):
            piece.write(data)
            if piece.tell() >= PIECE:
                known, piece = _append(known, device, piece), io.BytesIO()
    return known if known.done else _append(known, device, piece)


def _whole(known: State, device: str, checked: str) -> State:
    """The chunk counts if it has come whole and is what its checksum says."""
    wanted, summed = _checksum(checked)
    with tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(store.parts())) as chunk:
        received = 0
        while data := request.stream.read(PIECE):
            received += len(data)
            if received > known.size - known.offset:
                raise Problem("file-too-large", limits={"bytes": known.size})
            chunk.write(data)
            summed.update(data)
        if summed.digest() != wanted:
            raise Problem("wrong-checksum")
        return _append(known, device, chunk)


def _append(known: State, device: str, piece: Any) -> State:
    piece.seek(0)
    source: BinaryIO = piece
    return uploads.append(known.id, device, known.offset, source)


def _checksum(text: str) -> tuple[bytes, Any]:
    """The digest that is wanted and what makes it. Raises Problem bad-request."""
    name, _, value = text.partition(" ")
    try:
        return base64.b64decode(value, validate=True), CHECKSUMS[name.lower()]()
    except (KeyError, binascii.Error, ValueError) as error:
        raise Problem("bad-request", errors={"Upload-Checksum": list(CHECKSUMS)}) from error


def _number(header: str) -> int:
    """Raises Problem bad-request."""
    text = request.headers.get(header, "")
    if not _NUMBER.fullmatch(text):
        raise Problem("bad-request", errors={header: ["integer"]})
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """`key base64,key base64`; a value may be absent. Raises Problem bad-request."""
    told: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError) as error:
            raise Problem("bad-request", errors={"Upload-Metadata": [key[:40]]}) from error
    return told


def _answer(known: State, status: int, more: dict[str, str] | None = None) -> Response:
    said = {"Upload-Offset": str(known.offset)} | (more or {})
    if not known.done:
        said["Upload-Expires"] = http_date(known.expires_at / 1000)
    return Response(status=status, headers=said)
