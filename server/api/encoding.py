"""Answers compressed by Accept-Encoding: zstd, gzip or plain."""

from __future__ import annotations

import gzip

import zstandard
from flask import Response, request

WORTH_BYTES = 600
LEVEL = 5
_TEXT = ("application/json", "application/problem+json", "application/x-ndjson", "text/")


def compress(answer: Response) -> Response:
    """Compresses a text answer that is worth it; leaves streams and small answers alone."""
    if answer.is_streamed or answer.direct_passthrough or "Content-Encoding" in answer.headers:
        return answer
    if not answer.content_type.startswith(_TEXT):
        return answer
    answer.vary.add("Accept-Encoding")
    best = request.accept_encodings.best_match(("zstd", "gzip"))
    if best is None or (answer.content_length or 0) < WORTH_BYTES:
        return answer
    body = answer.get_data()
    packed = zstandard.compress(body, LEVEL) if best == "zstd" else gzip.compress(body, LEVEL, mtime=0)
    answer.set_data(packed)
    answer.headers["Content-Encoding"] = best
    return answer
