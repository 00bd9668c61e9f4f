"""One round trip: push the outbox, take the answers, pull the scope.

Each answer lands in one transaction: results, changes and cursor together, or nothing of it. If the tablet
dies before that commit, or the answer never comes, the outbox still holds the ops as they were and the next
sync sends them again; the server knows them by id and repeats its results. Nothing is ever taken out of the
outbox but by a result that names it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from client_stub import clock
from client_stub.problems import Refused, Trouble
from client_stub.store import Store, Waiting
from client_stub.transport import Answer, Page, Server
from schemas import registry
from schemas.ids import new_id
from schemas.wire import MAX_BODY, MAX_OPS

log = logging.getLogger("vyezd.tablet")

ENVELOPE = 16_384  # bytes of a request that are not ops
FIRST_PAGE = 500  # changes in the answer to a push
APP = "python"
FRESH_STARTS = 3  # a server that sends a tablet back to the start more often in one sync is broken
LOST_CURSOR = {"gone", "bad-cursor"}

Tell = Callable[[int, int], None]
"""Told of progress after each answer: ops acknowledged, changes received."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the server said of one op: ``outcome`` applied, conflict, stored or quarantined (``errors``)."""

    op: str
    type: str
    record: str
    outcome: str
    rev: int | None = None
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """What one sync did. ``trouble`` is why it ended early; what it did until then is done and stays done."""

    waiting: int = 0
    results: list[Result] = field(default_factory=list)
    received: int = 0
    gone: int = 0
    settled: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    fresh_starts: int = 0
    revoked: bool = False
    reenrol: bool = False
    trouble: Trouble | None = None

    def of(self, outcome: str) -> list[Result]:
        """The results with one outcome."""
        return [result for result in self.results if result.outcome == outcome]


def sync(store: Store, server: Server, push: bool = True, tell: Tell = lambda sent, received: None) -> Report:
    """Bring the tablet home: send what waits (unless ``push`` is False), then pull to the head of the scope.

    Raises nothing for a bad link or a refusal: the report says so in ``trouble``.
    """
    report = Report()
    try:
        _RoundTrip(store, server, push, tell, report).run()
    except Trouble as trouble:
        report.trouble = trouble
    report.waiting = store.waiting()
    log.info("sync: %d results, %d changes, %d waiting", len(report.results), report.received, report.waiting)
    return report


@dataclass(slots=True)
class _RoundTrip:
    store: Store
    server: Server
    push: bool
    tell: Tell
    report: Report
    ops: int = MAX_OPS

    def run(self) -> None:
        more = self._exchange()
        while self.push and self.store.waiting():
            more = self._exchange()
        while more and not self._pull():
            more = self._exchange()

    def _exchange(self) -> bool:
        """Push a batch and take the answer; True when the scope has more than the page that came with it."""
        while True:
            batch = self.store.batch(self.ops, MAX_BODY - ENVELOPE) if self.push else []
            cursor = self.store["cursor"]
            try:
                answer = self.server.sync(self._request(batch, cursor))
            except Refused as refused:
                self._yield_to(refused, len(batch))
                continue
            results = self._take(batch, cursor, answer)
            if batch and not results:
                raise Trouble("unanswered")
            return answer.body.get("more", False)

    def _pull(self) -> bool:
        """Read the rest of the scope page by page; False when the server no longer knows the cursor."""
        cursor = self.store["cursor"]
        try:
            for page in self.server.changes(cursor):
                with self.store.write():
                    self._take_page(page, cursor)
                self._count(page)
                cursor = page.cursor
        except Refused as refused:
            self._yield_to(refused)
            return False
        return True

    def _yield_to(self, refused: Refused, batch_size: int = 0) -> None:
        """Go on in another way where a refusal allows it: with a smaller batch, or a pull from the start."""
        if refused.status == 413 and batch_size > 1:
            self.ops = batch_size // 2
        elif refused.status == 413 and batch_size:
            raise Trouble("batch_too_large") from refused
        elif refused.problem in LOST_CURSOR:
            self._start_afresh()
        else:
            raise refused

    def _start_afresh(self) -> None:
        self.report.fresh_starts += 1
        if self.report.fresh_starts > FRESH_STARTS:
            raise Trouble("restless")
        self.store.start_afresh()

    def _request(self, batch: list[Waiting], cursor: str | None) -> bytes:
        """The body of `POST /sync`. The ops go out byte for byte as the outbox holds them."""
        return orjson.dumps(
            {
                "batch": new_id(),
                "device_time": clock.device_time(),
                "cursor": cursor,
                "limit": FIRST_PAGE,
                "ops": [orjson.Fragment(waiting.body) for waiting in batch],
                "status": {"app": APP, "schema": registry.VERSION, "outbox": self.store.waiting()},
                "drained": False,
            }
        )

    def _take(self, batch: list[Waiting], cursor: str | None, answer: Answer) -> list[Result]:
        """Store an answer whole, in one transaction, and only then report it."""
        said = answer.body
        results = _results(said["results"], batch)
        page = Page(said["changes"], said["cursor"], said["more"]) if "cursor" in said else None
        with self.store.write():
            self.store.set(epoch=said["epoch"], lease_until=said["lease_until"], synced_at=said["server_time"])
            settled, notices = self._settle(results, said)
            clock.learn(self.store, said["server_time"], answer.asked_ms, answer.answered_ms)
            if said.get("reset"):
                self._start_afresh()
                cursor = None
            if page:
                self._take_page(page, cursor)
                self.store.keep_to_scope(said["scope"])
        self._count(page, results)
        self.report.settled += settled
        self.report.notices += notices
        self.report.revoked |= said.get("revoked", False)
        self.report.reenrol |= said.get("reenrol", False)
        return results

    def _settle(self, results: list[Result], said: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        """Store what became of ops, sent now or earlier. Returns what is news: settled ops, notices."""
        for result in results:
            if result.outcome == "quarantined":
                self.store.set_aside(result.op, result.errors)
            else:
                self.store.acknowledge(result.op, result.outcome, result.rev)
        settled = [each for each in said["settled"] if self.store.settle(each["settled"], each["outcome"])]
        return settled, self.store.keep_notices(said["notices"])

    def _take_page(self, page: Page, asked_from: str | None) -> None:
        """Store changes and cursor, unless another sync of this tablet has moved the cursor meanwhile."""
        if self.store["cursor"] != asked_from:
            return
        self.store.take_changes(page.changes)
        clock.see(self.store, page.changes)
        self.store.set(cursor=page.cursor)
        if not page.more:
            self.store.finish_pull()

    def _count(self, page: Page | None, results: Sequence[Result] = ()) -> None:
        changes = page.changes if page else []
        gone = sum(change.get("gone", False) for change in changes)
        self.report.results += results
        self.report.gone += gone
        self.report.received += len(changes) - gone
        self.tell(len(results), len(changes))


def _results(said: Sequence[Mapping[str, Any]], batch: Sequence[Waiting]) -> list[Result]:
    """Results with the ops they speak of; an op that the server could not read is found by its place."""
    sent = {waiting.op: waiting for waiting in batch}
    return [_result(result, sent.get(result["op"]) or batch[result["index"]]) for result in said]


def _result(said: Mapping[str, Any], of: Waiting) -> Result:
    return Result(of.op, of.type, of.record, said["outcome"], said.get("rev"), said.get("errors", {}))
