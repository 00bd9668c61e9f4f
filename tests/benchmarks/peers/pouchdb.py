"""pouchdb-server on LevelDB: `_bulk_docs` of 500 over four connections, and `_changes` with the documents."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.benchmarks.bench import Bench
from tests.benchmarks.peers.installing import free_port, node, node_module, process
from tests.benchmarks.scene import Op
from tests.benchmarks.senders import Connection, together

BATCH, CONNECTIONS = 500, 4
PACKAGE = "pouchdb-server@4.2.0"


class PouchDB:
    """A running pouchdb-server with an empty database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = Connection(url)
        self.http.json("PUT", "/bench")

    def push(self, ops: Sequence[Op]) -> float:
        """Records a second."""
        docs = [{"_id": op["id"]} | op["set"] | op["add"] for op in ops]
        shares = [docs[number::CONNECTIONS] for number in range(CONNECTIONS)]
        seconds, _ = together([lambda _stop, share=share: self._put(share) for share in shares])
        return len(docs) / seconds

    def _put(self, docs: Sequence[Op]) -> None:
        http = Connection(self.url)
        for start in range(0, len(docs), BATCH):
            said = http.json("POST", "/bench/_bulk_docs", {"docs": docs[start : start + BATCH]})
            assert all(each.get("ok") for each in said), said[:1]

    def pull(self, ops: Sequence[Op]) -> float:
        """Records a second, pages of 500."""
        self.push(ops)
        began = time.perf_counter()
        since, got = 0, 0
        while page := self._changes(since):
            since, got = page[-1]["seq"], got + len(page)
        assert got == len(ops), got
        return got / (time.perf_counter() - began)

    def _changes(self, since: int) -> list[Op]:
        path = f"/bench/_changes?include_docs=true&limit={BATCH}&since={since}"
        results: list[Op] = self.http.json("GET", path)["results"]
        return results


@contextmanager
def running(bench: Bench) -> Iterator[PouchDB]:
    """Installed and served. Raises NotToBeHad."""
    place = node_module(bench.build, "pouchdb-server", PACKAGE)
    with bench.folder() as folder:
        port = free_port()
        program = [*node(), place / "node_modules" / "pouchdb-server" / "bin" / "pouchdb-server"]
        options = ["--host", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--level-backend", "leveldown"]
        url = f"http://127.0.0.1:{port}"
        with process([*program, *options], folder, url, "/"):
            yield PouchDB(url)
