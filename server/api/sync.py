"""POST /sync: a tablet's ops go in and the first page of changes comes out, in one round trip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import orjson
from flask import Response, current_app
from flask_smorest import Blueprint

from schemas import messages
from schemas.wire import MAX_BODY, MAX_OP_BYTES, MAX_OPS
from server import agreement, audit, clock, closing, devices, notices, pull, receipts, tokens
from server import epoch as epochs
from server.api import auth, body, docs
from server.authors import Author
from server.cursor import Cursor
from server.db import reading, writing
from server.intake import Result, hold, push
from server.problems import Problem, language

LIMITS = {"ops": MAX_OPS, "bytes": MAX_BODY, "op_bytes": MAX_OP_BYTES}
MAX_PAGE = 2_000
Gate = Callable[[Author, list[bytes], int, str | None], list[Result]]

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1", description="Ops in, changes out")


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /sync (docs/protocol.md, section 4). ``ops`` stay unread until each is looked at by itself."""

    ops: list[msgspec.Raw] = []
    batch: str | None = None
    device_time: str | None = None
    cursor: str | None = None
    limit: int = 500
    digests: dict[str, dict[str, str]] = {}
    status: dict[str, Any] = {}
    drained: bool = False


@blueprint.post("/sync")
@blueprint.doc(**docs.SYNC)
def sync() -> Response:
    """Push ops and pull the first page of changes."""
    device, reads = auth.pusher()
    asked = body.decode(body.read(), Request)
    if len(asked.ops) > MAX_OPS:
        raise Problem("too-large", limits=LIMITS)
    now = clock.now()
    raws = [bytes(op) for op in asked.ops]
    if raws and _is_closed():
        return _hold(device, asked, raws, now)
    if not reads:
        return _only_taken(device, asked, raws, now)
    cursor, reset = _cursor(device, asked, now)
    results = _take(push, devices.author(device), asked, raws, now)
    device = devices.contact(device.id, asked.status, now)
    author = devices.author(device)
    head = _head(now, device, author, results, _notes(author, now))
    answer = head | {"receipt": receipts.write(device.id, raws, results)}
    if author.revoked:
        return _answer(answer | _farewell(device, asked, now), [])
    if coming := tokens.offer(device, now):
        answer["token"] = coming
    if cursor is None:
        return _answer(answer | {"outdated": True}, [])
    limit = max(1, min(asked.limit, MAX_PAGE))
    page = pull.page(author.scope or frozenset(), cursor, limit)
    page.note(device.id)
    tail: dict[str, Any] = {"cursor": page.text(current_app.extensions["vyezd.keys"]), "more": page.more}
    if page.more:
        tail["left"] = pull.left(author.scope or frozenset(), page.cursor)
    return _answer(answer | ({"reset": True} if reset else {}) | tail, [line.json for line in page.lines])


def _is_closed() -> bool:
    with reading() as connection:
        return closing.is_closed(connection)


def _hold(device: Any, asked: Request, raws: list[bytes], now: int) -> Response:
    """What a restored server says before its trust journal was replayed: it takes everything and tells nothing."""
    author = devices.author(device)
    results = _take(hold, author, asked, raws, now)
    head = _head(now, device, author, results, []) | {"scope": [], "closed": True}
    return _answer(head | {"receipt": receipts.write(device.id, raws, results)}, [])


def _only_taken(device: Any, asked: Request, raws: list[bytes], now: int) -> Response:
    """The answer to a push token: what became of the ops. It renews no lease and tells nothing of the register."""
    author = devices.author(device)
    results = _take(push, author, asked, raws, now)
    told = {"scope": [], "notices": [], "receipt": receipts.write(device.id, raws, results)}
    return _answer(_head(now, device, author, results, _notes(author, now)) | told, [])


def _take(gate: Gate, author: Author, asked: Request, raws: list[bytes], now: int) -> list[Result]:
    """What became of the ops at the gate, and a line in the audit of who brought them."""
    batch = docs.uuid_or_none(asked.batch)
    results = gate(author, raws, now, batch)
    if results:
        audit.record("write", who=author.device, subject=batch, ops=len(results))
    return results


def _notes(author: Author, now: int) -> list[dict[str, Any]]:
    """The office's words to a tablet; none to one that is revoked."""
    return [] if author.revoked else notices.deliver(author.device, author.scope, now)


def _farewell(device: Any, asked: Request, now: int) -> dict[str, Any]:
    """What a revoked tablet is told beside its results: to erase itself at once, or that we heard it has no more."""
    said: dict[str, Any] = {"revoked": True} | ({"erase": True} if device.erase else {})
    if asked.drained and not asked.ops:
        devices.drain(device.id, now)
        said["drained"] = True
    return said


def _cursor(device: Any, asked: Request, now: int) -> tuple[Cursor | None, bool]:
    """Where to read on from (None: the tablet is too old to read, or revoked), and whether that is the beginning
    because the database was restored."""
    schema = asked.status.get("schema")
    schema = schema if type(schema) is int and schema > 0 else None
    if device.revoked_at is not None:
        if _is_closed():
            raise closing.Closed
        return None, False
    try:
        cursor = pull.begin(asked.cursor, device.id, schema)
    except pull.OtherEpoch:
        return pull.begin(None, device.id, schema), True
    except pull.TooOld:
        return None, False
    if asked.digests:
        with writing() as connection:
            cursor = agreement.compare(connection, device, cursor, asked.digests, now)
    return cursor, False


def _answer(head: dict[str, Any], changes: list[bytes]) -> Response:
    """The answer's JSON, into which the changes go as they lie."""
    lines = b',"changes":[' + b",".join(changes) + b"]}"
    return Response(orjson.dumps(head)[:-1] + lines, content_type="application/json")


def _head(now: int, device: Any, author: Author, results: list[Result], notes: list[dict[str, Any]]) -> dict[str, Any]:
    with reading() as connection:
        epoch = epochs.of(connection)
    lang = language()
    head = {
        "server_time": clock.iso(now),
        "epoch": epoch,
        "lease_until": clock.iso(device.lease_until),
        "scope": sorted(author.scope or ()) if not author.revoked else [],
        "results": [result_json(result, index, lang) for index, result in enumerate(results)],
        "settled": [{"settled": note["record"], "outcome": note["text"]} for note in notes if _settles(note)],
        "notices": [note for note in notes if not _settles(note)],
    }
    return head | ({"reenrol": True} if author.forked else {})


def _settles(note: dict[str, Any]) -> bool:
    return bool(note["kind"] == notices.SETTLED)


def result_json(result: Result, index: int, lang: str) -> dict[str, Any]:
    """One op's outcome as it goes on the wire, its errors in words."""
    said: dict[str, Any] = {"op": result.op, "outcome": result.outcome}
    if result.op is None:
        said["index"] = index
    if result.rev is not None:
        said["rev"] = result.rev
    if result.errors:
        said["errors"] = {name: [messages.say(code, lang) for code in codes] for name, codes in result.errors.items()}
    return said
