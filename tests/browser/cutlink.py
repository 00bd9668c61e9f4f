"""A link that breaks in front of the server, in the middle of what is sent or of what is answered."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

Wsgi = Callable[..., Iterable[bytes]]
Cut = Callable[["CutLink", dict[str, Any], Callable[..., Any]], None]


class CutLink:
    """A WSGI layer that serves well until a request comes that is to be cut."""

    def __init__(self, app: Wsgi) -> None:
        self.app = app
        self.waiting: dict[tuple[str, str], list[Cut]] = {}

    def cut(self, requests: tuple[str, str], *cuts: Cut) -> None:
        """The next requests of a method whose path has this part suffer these cuts in turn."""
        self.waiting[requests] = list(cuts)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        for (method, part), cuts in self.waiting.items():
            if cuts and environ["REQUEST_METHOD"] == method and part in environ["PATH_INFO"]:
                cuts.pop(0)(self, environ, start_response)
                return self._break(environ, start_response)
        return self.app(environ, start_response)

    def lost(self, environ: dict[str, Any], _: Callable[..., Any]) -> None:
        """The server has heard it all; nobody hears the answer."""
        answer = self.app(environ, lambda *_: lambda _: None)
        list(answer)
        if close := getattr(answer, "close", None):
            close()

    def half(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> None:
        """Half of the body arrives."""
        size = int(environ["CONTENT_LENGTH"])
        begun = io.BytesIO(environ["wsgi.input"].read(size // 2))
        self.lost(environ | {"wsgi.input": begun}, start_response)

    def _break(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with suppress(OSError):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        start_response("500 nobody hears it", [])
        return []
