"""The bad link of simulated tablets: each thing that may happen to a request does happen as it says."""

from __future__ import annotations

import gzip
import io
from random import Random
from typing import Any

import orjson
import pytest
import requests
from requests import ConnectionError, PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from client_stub import faults
from client_stub.faults import BadLink

OPS = [{"op": f"op-{n}"} for n in range(6)]
BODY = gzip.compress(orjson.dumps({"batch": "b", "ops": OPS}), mtime=0)
SAID = b'{"results": "all of them, in one long line"}'


class Far(BaseAdapter):
    """The other end: keeps the bodies that arrived, whole or broken off, and answers each with SAID."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[bytes] = []

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        body: Any = request.body
        self.heard.append(b"")
        try:
            for piece in [body] if isinstance(body, bytes) else body:
                self.heard[-1] += piece
        except OSError as broken:
            raise ConnectionError(broken) from broken
        headers = {"Content-Length": str(len(SAID))}
        raw = HTTPResponse(io.BytesIO(SAID), headers, 200, preload_content=False, request_method="POST")
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        pass

    @property
    def batches(self) -> list[list[dict[str, str]]]:
        """The ops of each whole body that arrived."""
        return [orjson.loads(gzip.decompress(body))["ops"] for body in self.heard]


@pytest.fixture
def far() -> Far:
    return Far()


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "SHARE", 1.0)


def link(far: Far, *kinds: str, seed: int = 1) -> BadLink:
    return BadLink(far, Random(seed), kinds)


def ask(over: BadLink) -> bytes:
    with requests.Session() as session:
        session.mount("http://", over)
        return session.post("http://far.test/api/v1/sync", data=BODY, headers={"Content-Encoding": "gzip"}).content


def test_a_request_or_an_answer_is_cut_at_any_byte(far: Far) -> None:
    over = link(far, "cut")
    for _ in range(60):
        with pytest.raises(requests.RequestException):
            ask(over)
    lengths = {len(body) for body in far.heard}
    assert len(BODY) in lengths, "some answers were cut"
    assert len(lengths) > 10, "some requests were cut, each elsewhere"


def test_an_answer_is_lost_after_the_server_heard_all(far: Far) -> None:
    with pytest.raises(ConnectionError):
        ask(link(far, "lost"))
    assert far.batches == [OPS]


def test_a_request_comes_twice(far: Far) -> None:
    assert ask(link(far, "repeat")) == SAID
    assert far.batches == [OPS, OPS]


def test_a_late_request_arrives_after_later_ones(far: Far) -> None:
    over = link(far, "late")
    with pytest.raises(ConnectionError):
        ask(over)
    assert far.batches == []
    over.clears()
    assert far.batches == [OPS]
    assert ask(over) == SAID
    assert over.happened == {"late": 1}


def test_a_part_of_a_batch_overtakes_the_whole_and_its_ops_stand_in_any_order(far: Far) -> None:
    assert ask(link(far, "order")) == SAID
    part, whole = far.batches
    assert 0 < len(part) < len(OPS)
    assert whole != OPS
    assert sorted(whole, key=str) == OPS


def test_one_seed_makes_the_same_things_happen(far: Far) -> None:
    for _ in range(2):
        over = link(far, *faults.KINDS, seed=7)
        for _ in range(20):
            try:
                ask(over)
            except requests.RequestException:
                continue
        over.clears()
    assert far.heard[: len(far.heard) // 2] == far.heard[len(far.heard) // 2 :]
