"""POST /sync: a tablet's ops go in and the first page of changes comes out, in one round trip."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec
import orjson
from flask import Response, current_app
from flask_smorest import Blueprint

from schemas import messages
from schemas.wire import MAX_BODY, MAX_OP_BYTES, MAX_OPS
from server import clock, devices, notices, pull
from server import epoch as epochs
from server.api import auth, body, docs
from server.authors import Author
from server.db import reading
from server.intake import Result, push
from server.problems import Problem, language

LIMITS = {"ops": MAX_OPS, "bytes": MAX_BODY, "op_bytes": MAX_OP_BYTES}
MAX_PAGE = 2_000

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1", description="Ops in, changes out")


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /sync (docs/protocol.md, section 4). ``ops`` stay unread until each is looked at by itself."""

    ops: list[msgspec.Raw] = []
    batch: str | None = None
    device_time: str | None = None
    cursor: str | None = None
    limit: int = 500
    digests: dict[str, Any] = {}
    status: dict[str, Any] = {}
    drained: bool = False


@blueprint.post("/sync")
@blueprint.doc(**docs.SYNC)
def sync() -> Response:
    """Push ops and pull the first page of changes."""
    device = auth.device()
    asked = body.decode(body.read(), Request)
    if len(asked.ops) > MAX_OPS:
        raise Problem("too-large", limits=LIMITS)
    now = clock.now()
    results = push(devices.author(device), [bytes(op) for op in asked.ops], now, docs.uuid_or_none(asked.batch))
    lease = devices.contact(device.id, asked.status, now)
    author = devices.author(device)
    answer = _head(now, lease, results, author)
    changes = _changes(author, asked) if not author.revoked else [b'"revoked":true']
    return Response(b"{" + b",".join([orjson.dumps(answer)[1:-1], *changes]) + b"}", content_type="application/json")


def _head(now: int, lease: int, results: list[Result], author: Author) -> dict[str, Any]:
    with reading() as connection:
        epoch = epochs.of(connection)
    lang = language()
    notes = [] if author.revoked else notices.deliver(author.device, now)
    return {
        "server_time": clock.iso(now),
        "epoch": epoch,
        "lease_until": clock.iso(lease),
        "scope": sorted(author.scope or ()) if not author.revoked else [],
        "results": [result_json(result, index, lang) for index, result in enumerate(results)],
        "settled": [{"settled": note["record"], "outcome": note["text"]} for note in notes if _settles(note)],
        "notices": [note for note in notes if not _settles(note)],
    }


def _settles(note: dict[str, Any]) -> bool:
    return bool(note["kind"] == notices.SETTLED)


def result_json(result: Result, index: int, lang: str) -> dict[str, Any]:
    """One op's outcome as it goes on the wire, its errors in words."""
    said = {name: value for name, value in asdict(result).items() if value is not None}
    if result.op is None:
        said = {"op": None, "index": index} | said
    if result.errors:
        said["errors"] = {name: [messages.say(code, lang) for code in codes] for name, codes in result.errors.items()}
    return said


def _changes(author: Author, asked: Request) -> list[bytes]:
    """The members of the answer that hold the first page; after a restore the scope is sent afresh."""
    limit = max(1, min(asked.limit, MAX_PAGE))
    scope = author.scope or frozenset()
    reset: list[bytes] = []
    try:
        page = pull.page(scope, asked.cursor, limit)
    except pull.OtherEpoch:
        page, reset = pull.page(scope, None, limit), [b'"reset":true']
    lines = b",".join(line.json for line in page.lines)
    cursor = page.text(current_app.extensions["vyezd.keys"])
    return [*reset, b'"changes":[' + lines + b"]", orjson.dumps({"cursor": cursor, "more": page.more})[1:-1]]
