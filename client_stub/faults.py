"""A bad link, for simulated tablets: requests and answers cut at any byte, lost, repeated, late, out of order.

`BadLink` is an adapter of `requests` in front of another one, so everything above it is the product's own: a tablet
mounts it in the place of a good link and must neither lose nor double anything over it.
"""

from __future__ import annotations

import gzip
import io
from collections import Counter
from collections.abc import Collection, Iterator
from random import Random
from typing import Any

import orjson
from requests import ConnectionError, PreparedRequest, Response
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from client_stub.transport import Patience, Server
from client_stub.words import Lang

KINDS = ("cut", "lost", "repeat", "late", "order")
"""A request or an answer is cut at any byte; an answer is lost; a request comes twice; it comes after later ones; a
part of a batch overtakes the whole, and its ops stand in any order."""

SHARE = 0.5  # of the requests go wrong


class BadLink(BaseAdapter):
    """Sends through ``inner``, and lets something of ``kinds`` happen to about half of the requests.

    Once ``is_good`` is set, nothing happens any more. Everything is drawn from ``random``; ``happened`` counts it.
    """

    def __init__(self, inner: BaseAdapter, random: Random, kinds: Collection[str] = KINDS) -> None:
        super().__init__()
        self.inner = inner
        self.random = random
        self.kinds = [kind for kind in KINDS if kind in kinds]
        self.is_good = False
        self.happened: Counter[str] = Counter()
        self._late: list[tuple[PreparedRequest, dict[str, Any]]] = []

    def send(self, request: PreparedRequest, *_: Any, **options: Any) -> Response:
        """One request with whatever happens to it. Raises requests.ConnectionError where no answer comes."""
        if self.is_good or not self.kinds:
            return self.inner.send(request, **options)
        if self._late and self.random.random() < 0.5:
            self.deliver_late()
        if self.random.random() > SHARE:
            return self.inner.send(request, **options)
        what = self.random.choice(self.kinds)
        self.happened[what] += 1
        match what:
            case "cut":
                return self._cut(request, options)
            case "lost":
                return self._lose(request, options)
            case "repeat":
                return self._repeat(request, options)
            case "late":
                return self._hold_back(request, options)
            case _:
                return self._disorder(request, options)

    def clears(self) -> None:
        """The link is good from now on."""
        self.is_good = True
        self.deliver_late()

    def deliver_late(self) -> None:
        """Lets the requests arrive that were under way all the while; nobody waits for their answers any more."""
        while self._late:
            request, options = self._late.pop(self.random.randrange(len(self._late)))
            self.inner.send(request, **options).close()

    def close(self) -> None:
        self.inner.close()

    def _cut(self, request: PreparedRequest, options: dict[str, Any]) -> Response:
        body = _body(request)
        if body and self.random.random() < 0.5:
            request = request.copy()
            request.body = _broken(body[: int(self.random.random() * len(body))])
            return self.inner.send(request, **options)
        return _cut_short(self.inner.send(request, **options), self.random)

    def _lose(self, request: PreparedRequest, options: dict[str, Any]) -> Response:
        self.inner.send(request, **options).close()
        raise ConnectionError("the answer is lost", request=request)

    def _repeat(self, request: PreparedRequest, options: dict[str, Any]) -> Response:
        self.inner.send(request, **options).close()
        return self.inner.send(request, **options)

    def _hold_back(self, request: PreparedRequest, options: dict[str, Any]) -> Response:
        self._late.append((request.copy(), options))
        raise ConnectionError("no answer, for the request is still under way", request=request)

    def _disorder(self, request: PreparedRequest, options: dict[str, Any]) -> Response:
        message = _message(request)
        ops = message.get("ops", [])
        if len(ops) > 1:
            some = self.random.sample(ops, self.random.randint(1, len(ops) - 1))
            self.inner.send(_with_ops(request, message, some), **options).close()
            request = _with_ops(request, message, self.random.sample(ops, len(ops)))
        return self.inner.send(request, **options)


class Behind(Server):
    """The server behind a link, for whichever of a tablet's identities asks."""

    def __init__(
        self, link: BaseAdapter, url: str, token: str | None = None, lang: Lang = "ru", patience: Patience | None = None
    ) -> None:
        super().__init__(url, token, lang, patience)
        self.link = link
        self.http.mount(self.url, link)

    def speaking_for(self, token: str) -> Behind:
        return Behind(self.link, self.url, token, self.lang, self.patience)


def _body(request: PreparedRequest) -> bytes:
    return request.body if isinstance(request.body, bytes) else b""


def _broken(body: bytes) -> Iterator[bytes]:
    """What of a body leaves before the link breaks."""
    yield body
    raise ConnectionResetError("the link broke")


def _cut_short(answer: Response, random: Random) -> Response:
    """The same answer, of which only the beginning comes."""
    data = answer.raw.read(decode_content=False)
    headers = answer.raw.headers.copy()
    headers.discard("Transfer-Encoding")
    headers["Content-Length"] = str(len(data))
    part = io.BytesIO(data[: int(random.random() * len(data))])
    answer.raw = HTTPResponse(part, headers, answer.status_code, preload_content=False, request_method="GET")
    return answer


def _message(request: PreparedRequest) -> dict[str, Any]:
    """The JSON of a request, {} where it has none, as the chunk of a file."""
    body = _body(request)
    return orjson.loads(gzip.decompress(body)) if body and "Content-Encoding" in request.headers else {}


def _with_ops(request: PreparedRequest, message: dict[str, Any], ops: list[Any]) -> PreparedRequest:
    request = request.copy()
    request.body = gzip.compress(orjson.dumps(message | {"ops": ops}), mtime=0)
    request.headers["Content-Length"] = str(len(request.body))
    return request
