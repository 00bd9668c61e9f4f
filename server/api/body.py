"""Request bodies: decompressed within a bound, decoded once, ops kept as the bytes they came as.

The fast decoder slices the ops out unread, so that one bad op never hurts its neighbours; a body that it refuses
(lone surrogates, control characters) is decoded again by a tolerant one. Only what is no JSON at all is refused as a
whole.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from flask import request

from schemas.wire import MAX_BODY
from server.problems import Problem

T = TypeVar("T")
LIMITS = {"bytes": MAX_BODY}


def read() -> bytes:
    """The request's body, decompressed. Raises Problem bad-encoding, too-large."""
    raw = request.get_data(cache=False)
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding in ("identity", ""):
        return raw
    if encoding != "gzip":
        raise Problem("bad-encoding", encodings=["gzip", "identity"])
    return _gunzip(raw)


def _gunzip(raw: bytes) -> bytes:
    inflate = zlib.decompressobj(wbits=31)
    try:
        body = inflate.decompress(raw, MAX_BODY + 1)
    except zlib.error as error:
        raise Problem("bad-encoding") from error
    if len(body) > MAX_BODY:
        raise Problem("too-large", limits=LIMITS)
    if not inflate.eof:
        raise Problem("bad-encoding")
    return body


def decode(raw: bytes, into: type[T]) -> T:
    """A body as a message. Raises Problem not-json, unprocessable (the message's own fields are unfit)."""
    try:
        return msgspec.json.decode(raw, type=into)
    except msgspec.ValidationError as error:
        raise Problem("unprocessable", errors={"body": [str(error)]}) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _decode_tolerantly(raw, into)


def _decode_tolerantly(raw: bytes, into: type[T]) -> T:
    content = _loads(raw)
    if isinstance(content, dict) and isinstance(content.get("ops"), list):
        content["ops"] = [msgspec.Raw(json.dumps(op).encode()) for op in content["ops"]]
    try:
        return msgspec.convert(content, type=into)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise Problem("unprocessable", errors={"body": [_sayable(error)]}) from error


def _loads(raw: bytes) -> Any:
    loads: Callable[..., Any] = json.loads
    try:
        return loads(raw.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError) as error:
        raise Problem("not-json") from error


def _sayable(error: Exception) -> str:
    """An error's text without what UTF-8 cannot carry."""
    return str(error).encode("utf-8", "replace").decode()
