"""Tablets that send over HTTP as fast as they are answered, each on a connection and in a thread of its own.

They speak plain JSON: compressing is the tablets' work, and here both share the machine.
"""

from __future__ import annotations

import http.client
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, Event
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson

from schemas.ids import new_id
from tests.benchmarks.scene import Writer

T = TypeVar("T")
PAGE = 500
PATIENCE = 300  # seconds for one answer
TRIES = 20


@dataclass(slots=True)
class Connection:
    """One kept-alive connection; ``headers`` go with each request."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    http: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.http = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """The status and the body of the answer. Raises OSError, http.client.HTTPException."""
        kind = {"Content-Type": "application/json"} if body is not None else {}
        self.http.request(method, path, body, kind | self.headers)
        answer = self.http.getresponse()
        return answer.status, answer.read()

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of a good answer. Raises RuntimeError with any other."""
        status, said = self.ask(method, path, orjson.dumps(body) if body is not None else None)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {said[:300]!r}")
        return orjson.loads(said)


@dataclass(slots=True)
class Sent:
    """What came of a tablet's batches: seconds of each, outcomes of ops, what was wrong with answers."""

    batches: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Sender:
    """A tablet with ``raws`` to hand in, ``batch`` at a time, reading at most ``page`` changes with each answer."""

    url: str
    writer: Writer
    raws: Sequence[bytes]
    batch: int
    page: int = PAGE
    cursor: str | None = None
    http: Connection = field(init=False)

    def __post_init__(self) -> None:
        self.http = Connection(self.url, {"Authorization": f"Bearer {self.writer.token}"})

    def catch_up(self) -> None:
        """Reads the scope to its head, as a tablet has done before it goes on its trip."""
        more = True
        while more:
            said = orjson.loads(self.http.ask("POST", "/api/v1/sync", self._body([], 2_000))[1])
            self.cursor, more = said["cursor"], said["more"]
        self.http.http.close()  # the server would, after a moment of silence

    def send(self, stop: Event) -> Sent:
        """Hands everything in, batch after batch."""
        sent = Sent()
        for start in range(0, len(self.raws), self.batch):
            if not stop.is_set():
                self._hand_in(self.raws[start : start + self.batch], sent)
        return sent

    def _hand_in(self, raws: Sequence[bytes], sent: Sent) -> None:
        """One batch, again while the server asks for patience; each refusal is counted as an error."""
        began = time.perf_counter()
        for _ in range(TRIES):
            try:
                status, said = self.http.ask("POST", "/api/v1/sync", self._body(raws, self.page))
            except (OSError, http.client.HTTPException) as error:
                self.http.http.close()
                sent.errors[type(error).__name__] += 1
                continue
            if status == 200:
                break
            sent.errors[str(status)] += 1
            time.sleep(0.5)
        else:
            return
        sent.batches.append(time.perf_counter() - began)
        answer = orjson.loads(said)
        sent.outcomes.update(result["outcome"] for result in answer["results"])
        self.cursor = answer["cursor"]

    def _body(self, raws: Sequence[bytes], limit: int) -> bytes:
        head = orjson.dumps({"batch": new_id(), "cursor": self.cursor, "limit": limit, "status": {"app": "bench"}})
        return head[:-1] + b',"ops":[' + b",".join(raws) + b"]}"


def together(works: Iterable[Callable[[Event], T]]) -> tuple[float, list[T]]:
    """Runs every work in a thread of its own, all beginning at one moment: the seconds that the slowest took, and what
    they gave."""
    todo = list(works)
    gate, stop = Barrier(len(todo) + 1), Event()

    def run(work: Callable[[Event], T]) -> T:
        gate.wait()
        return work(stop)

    pool = ThreadPoolExecutor(len(todo))
    try:
        futures = [pool.submit(run, work) for work in todo]
        gate.wait()
        began = time.perf_counter()
        results = [future.result() for future in futures]
        return time.perf_counter() - began, results
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)


def added(all_sent: Iterable[Sent]) -> Sent:
    """What came of all of them."""
    total = Sent()
    for sent in all_sent:
        total.batches += sent.batches
        total.outcomes += sent.outcomes
        total.errors += sent.errors
    return total
