"""A tiny server of the sync protocol for the tablet's own tests: it can be told to fail at the worst moments.

It keeps every op once, by id, and counts how often it was sent; its register is the plainest there is (the
last op wins).
"""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from schemas.clock import stamp_of
from schemas.ids import new_id

Json = dict[str, Any]
TEAM = {
    "id": new_id(),
    "code": "B-1",
    "name": "Бригада № 1",
    "territories": [{"id": new_id(), "oktmo": "12605404", "name": "Сельсовет Образцовый"}],
    "workers": [{"id": new_id(), "name": "Петрова Анна Ивановна"}, {"id": new_id(), "name": "Асанов Тимур"}],
}
FEED = TEAM["territories"][0]["id"]


class FakeServer:
    """The state of the server. ``faults`` are what happens to the next requests, one each; then all goes
    well.

    Faults: `deaf` (hangs up before it listens), `lost` (does all and hangs up), `cut` (does all, answers half), `busy`
    (503, does nothing), `small` (413 above 2 ops), `full` (413 for any), `portal` (a page of the Wi-Fi answers).
    """

    def __init__(self) -> None:
        self.epoch = "5f1c09ab"
        self.token = "vt_token"
        self.ops: dict[str, Json] = {}
        self.sent: Counter[str] = Counter()
        self.records: dict[str, Json] = {}
        self.journal: list[str] = []
        self.results: dict[str, Json] = {}
        self.faults: list[str] = []
        self.codes = {"AAAA-1111"}
        self.keys: dict[str, str] = {}
        self.skew_ms = 0
        self.page = 500
        self.scope = [FEED, "reference"]
        self.extra: Json = {}
        self.judge: Callable[[Json], Json] = lambda op: {"outcome": "applied"}
        self.before_answer: Callable[[], None] = lambda: None
        self.after_answer: Callable[[], None] = lambda: None
        self.revoked = False
        self.requests: list[Json] = []
        self.url = ""

    # What the office does

    def office_writes(self, type: str, fields: Json, id: str | None = None, **parts: Any) -> str:
        """Create or change a record; returns its id."""
        id = id or new_id()
        record = self.records.setdefault(id, {"type": type, "id": id, "rev": 0, "fields": {}, "feeds": [FEED]})
        record["fields"] |= fields
        self._moved(record, stamp_of(self.now_ms()), parts)
        return id

    def takes_away(self, id: str) -> None:
        """The record leaves the tablet's scope."""
        self.records[id]["gone"] = True
        self.journal.append(id)

    def restores(self) -> None:
        """The database begins another life: all cursors are lost, everything is written once more."""
        self.epoch = f"{int(self.epoch, 16) + 1:08x}"

    # What a tablet asks

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.skew_ms

    def enroll(self, asked: Json) -> tuple[int, Json]:
        if (
            asked["code"] not in self.codes
            or self.keys.setdefault(asked["code"], asked["public_key"]) != asked["public_key"]
        ):
            return 403, {
                "type": "urn:vyezd:problem:bad-code",
                "title": "Код подключения не подошёл",
                "detail": "Попросите новый.",
            }
        said = {"device": new_id(), "token": self.token, "team": TEAM, "server_keys": {"seal": "", "sign": ""}}
        return 200, said | self._head()

    def sync(self, asked: Json) -> tuple[int, Json]:
        results = [self._receive(op) for op in asked["ops"]]
        self.before_answer()
        said = self._head() | {"scope": self.scope, "results": results, "settled": [], "notices": []}
        said |= self.extra
        if self.revoked:
            return 200, said | {"scope": [], "revoked": True}
        epoch, position = self._place(asked["cursor"])
        if epoch != self.epoch:
            said["reset"], position = True, 0
        changes, end, more = self._changes(position, min(asked["limit"], self.page))
        return 200, said | {"changes": changes, "cursor": f"{self.epoch}:{end}", "more": more}

    def changes(self, cursor: str) -> tuple[int, Json | list[Json]]:
        epoch, position = self._place(cursor)
        if epoch != self.epoch:
            return 410, {"type": "urn:vyezd:problem:gone", "title": "База восстановлена"}
        lines: list[Json] = []
        more = True
        while more and len(lines) < 3 * self.page:
            changes, position, more = self._changes(position, self.page)
            lines += [*changes, {"cursor": f"{self.epoch}:{position}", "more": more}]
        return 200, lines

    def _head(self) -> Json:
        now = datetime.fromtimestamp(self.now_ms() / 1000, UTC).isoformat(timespec="milliseconds")
        return {"server_time": now, "epoch": self.epoch, "lease_until": "2030-01-01T00:00:00.000Z"}

    def _receive(self, op: Json) -> Json:
        self.sent[op["op"]] += 1
        if op["op"] in self.ops:
            assert self.ops[op["op"]] == op, "an op came again with other content"
            return self.results[op["op"]]
        self.ops[op["op"]] = op
        result = {"op": op["op"], **self.judge(op)}
        if result["outcome"] in ("applied", "conflict"):
            result["rev"] = self._apply(op)
        self.results[op["op"]] = result
        return result

    def _apply(self, op: Json) -> int:
        blank = {"type": op["type"], "id": op["id"], "rev": 0, "fields": {}, "feeds": [FEED]}
        record = self.records.setdefault(op["id"], blank)
        for name, value in op.get("set", {}).items():
            record["fields"][name] = value["to"] if isinstance(value, dict) else value
        for name, values in op.get("add", {}).items():
            record["fields"].setdefault(name, []).extend(values)
        self._moved(record, min(op["at"], stamp_of(self.now_ms())), {})
        return record["rev"]

    def _moved(self, record: Json, at: str, parts: Json) -> None:
        record |= {"rev": record["rev"] + 1, "at": at} | parts
        self.journal.append(record["id"])

    def _place(self, cursor: str | None) -> tuple[str, int]:
        epoch, _, position = (cursor or f"{self.epoch}:0").partition(":")
        return epoch, int(position)

    def _changes(self, position: int, limit: int) -> tuple[list[Json], int, bool]:
        """Records whose last change lies after a position, each once."""
        last = {id: n for n, id in enumerate(self.journal, 1)}
        due = sorted((n, id) for id, n in last.items() if n > position)
        changes = [self._change(self.records[id], fresh=position == 0) for _, id in due[:limit]]
        end = due[min(limit, len(due)) - 1][0] if due else position
        return [change for change in changes if change], end, len(due) > limit

    def _change(self, record: Json, fresh: bool) -> Json | None:
        if record.get("gone"):
            return None if fresh else {"type": record["type"], "id": record["id"], "gone": True}
        return {"disputed": {}, "incomplete": []} | record


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
        if self.path.endswith("/sync") and self.headers["Authorization"] != f"Bearer {fake.token}":
            self._answer(401, {"type": "urn:vyezd:problem:unauthorized", "title": "Планшет не опознан"})
            return
        fault = fake.faults.pop(0) if fake.faults else ""
        if self._fails_at_once(fault, asked):
            return
        self._answer(*(fake.sync if self.path.endswith("/sync") else fake.enroll)(asked), fault=fault)
        fake.after_answer()

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
