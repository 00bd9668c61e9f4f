"""HTTP without a network: an adapter of `requests` that hands requests to the application in this process."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask
from requests import ConnectionError, PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse
from werkzeug.wrappers.response import Response as Answer

SERVER = "http://server.test"


class InProcess(BaseAdapter):
    """``answered``: op id → outcomes, of all that the server ever said of ops, whether or not the tablet heard it.

    ``failures``: answers that no server should give (status 500 and above). ``pause`` is called before each request.
    """

    def __init__(self, app: Flask, pause: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.app = app
        self.pause = pause
        self.answered: dict[str, list[str]] = {}
        self.failures: list[str] = []
        self._built = HTTPAdapter()

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """Raises requests.ConnectionError when the request itself breaks off; the server hears its beginning."""
        self.pause()
        body, broken = _received(request.body)
        client, headers = self.app.test_client(use_cookies=False), list(request.headers.items())
        answer = client.open(request.path_url, method=request.method, headers=headers, input_stream=io.BytesIO(body))
        if broken:
            raise ConnectionError(broken, request=request)
        self._note(request, answer)
        raw = HTTPResponse(
            io.BytesIO(answer.get_data()),
            list(answer.headers.items()),
            answer.status_code,
            preload_content=False,
            request_method=request.method,
        )
        return self._built.build_response(request, raw)

    def close(self) -> None:
        self._built.close()

    def _note(self, request: PreparedRequest, answer: Answer) -> None:
        if answer.status_code >= 500:
            self.failures.append(f"{request.method} {request.path_url}: {answer.status_code} {answer.get_data()!r}")
        if request.path_url.endswith("/sync") and answer.status_code == 200:
            for result in _content(answer)["results"]:
                if result["op"]:
                    self.answered.setdefault(result["op"], []).append(result["outcome"])


def _content(answer: Answer) -> Any:
    data = answer.get_data()
    return orjson.loads(gzip.decompress(data) if answer.headers.get("Content-Encoding") == "gzip" else data)


def _received(body: Any) -> tuple[bytes, OSError | None]:
    """What of a body arrives, and the error that broke it off."""
    if body is None or isinstance(body, bytes):
        return body or b"", None
    arrived = b""
    try:
        for piece in body:
            arrived += piece
    except OSError as broken:
        return arrived, broken
    return arrived, None
