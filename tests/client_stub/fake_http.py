"""HTTP for the fake server, with the faults of bad links."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.client_stub.fake_server import FakeServer, Json


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for a FakeServer, faults included."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # one packet an answer, or each would wait for a delayed acknowledgement
    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = json.loads(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
        fake: FakeServer = self.server.fake
        fake.requests.append(asked)
        fault = fake.faults.pop(0) if fake.faults else ""
        if self._fails_at_once(fault, asked):
            return
        self._answer(*(self._sync(asked) if self.path.endswith("/sync") else fake.enroll(asked)), fault=fault)
        fake.after_answer()

    def _sync(self, asked: Json) -> tuple[int, Json]:
        fake: FakeServer = self.server.fake
        device = fake.held.devices.get(self.headers["Authorization"].removeprefix("Bearer "))
        if device is None:
            return 401, {"type": "urn:vyezd:problem:unauthorized", "title": "Планшет не опознан"}
        return fake.sync(asked, device)

    def do_GET(self) -> None:
        fake: FakeServer = self.server.fake
        fault = fake.faults.pop(0) if fake.faults else ""
        if not self._fails_at_once(fault, {}):
            cursor = parse_qs(urlsplit(self.path).query)["cursor"][0]
            self._answer(*fake.changes(cursor), fault=fault)

    def _fails_at_once(self, fault: str, asked: Json) -> bool:
        if fault == "deaf":
            self.close_connection = True
        elif fault == "busy":
            self._answer(503, {"type": "urn:vyezd:problem:busy", "title": "Сервер занят", "detail": "Повторите."})
        elif fault == "portal":
            self._send(200, "text/html", b"<html>Wi-Fi</html>", 0)
        elif fault == "stranger":
            self._answer(200, {"status": "ok"})
        elif (fault == "small" and len(asked["ops"]) > 2) or (fault == "full" and asked["ops"]):
            self._answer(413, {"type": "urn:vyezd:problem:too-large", "title": "Пакет слишком велик"})
        else:
            return False
        return True

    def _answer(self, status: int, said: Json | list[Json], fault: str = "") -> None:
        if fault == "lost":
            self.close_connection = True
            return
        if isinstance(said, list):
            kind, body = "application/x-ndjson", b"".join(json.dumps(line).encode() + b"\n" for line in said)
        else:
            kind = "application/json" if status == 200 else "application/problem+json"
            body = json.dumps(said).encode()
        self._send(status, kind, body, cut=len(body) // 2 if fault == "cut" else 0)

    def _send(self, status: int, kind: str, body: bytes, cut: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) - cut])
        self.close_connection = self.close_connection or bool(cut)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output quiet."""


@contextmanager
def serving() -> Iterator[FakeServer]:
    """A FakeServer on a port of its own."""
    fake = FakeServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    http.fake = fake  # type: ignore[attr-defined]
    fake.url = f"http://127.0.0.1:{http.server_port}"
    Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield fake
    finally:
        http.shutdown()
        http.server_close()
