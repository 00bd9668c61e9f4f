"""One round trip: push the outbox, take the answers, pull the scope.

Each answer lands in one transaction: results, receipt, changes and cursor together, or nothing of it. If the tablet
dies before that commit, or the answer never comes, the outbox still holds the ops as they were and the next
sync sends them again; the server knows them by id and repeats its results. Nothing is ever taken out of the
outbox but by a result that names it, in an answer with a good receipt.

A server that was restored from a backup has another epoch. It is offered, sealed, what earlier epochs acknowledged;
where that is cut off, the next sync goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from client_stub import agreement, clock, exchange, handover, identities, kept, leaving, pace, photos, sending
from client_stub.exchange import Exchange, News
from client_stub.identities import Former
from client_stub.problems import Refused, Trouble
from client_stub.report import Report, Tell
from client_stub.store import Store
from client_stub.transport import Page, Server
from schemas.wire import MAX_BODY, MAX_OPS

log = logging.getLogger("vyezd.tablet")

ENVELOPE = 16_384  # bytes of a request that are neither ops nor digests
FRESH_STARTS = 3  # a server that sends a tablet back to the start more often in one sync is broken
LOST_CURSOR = {"gone", "bad-cursor"}


def sync(store: Store, server: Server, push: bool = True, tell: Tell = lambda what, number: None) -> Report:
    """Bring the tablet home: hand in what is due (unless ``push`` is False), then pull to the head of the scope.

    Raises nothing for a bad link or a refusal: the report says so in ``trouble``.
    """
    report = Report(erased=bool(store["erased"]))
    if report.erased:
        return report
    try:
        _RoundTrip(store, server, push, tell, report).run()
    except Trouble as trouble:
        report.trouble = trouble
    report.erased = bool(store["erased"])
    report.photos = photos.standing(store)
    report.waiting, report.to_offer = store.waiting(), 0 if report.erased else kept.to_offer(store)
    report.rewound, report.reenrol = bool(store["rewound"]), bool(store["reenrol"])
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
    met: set[str] = field(default_factory=set)  # the devices that the server has answered
    erase: bool = False  # the server wants it at once

    def run(self) -> None:
        """Hand in and pull, in turn, until nothing is left to do."""
        self._finish_formers(ask=True)
        more = self._exchange()
        while not self.erase:
            while self._is_ready(self.store["device"]):
                more = self._exchange()
            more = self._finish_formers() or more
            if not self._is_ready(self.store["device"]) and (not more or self._pull()):
                break
            more = self._exchange()
        if self.push and not self.erase:
            self._hand_in_photos()
        if self.store["revoked"]:
            self._leave()

    def _hand_in_photos(self) -> None:
        """Files go after records. What keeps them back is told apart: the records are handed in all the same."""
        try:
            sending.send(self.store, self.server, self.tell)
        except Trouble as trouble:
            self.report.photo_trouble = trouble

    def _leave(self) -> None:
        """A revoked tablet that has nothing more to hand over says so, and erases itself once the server has heard.

        One that is to erase itself at once does not wait for an answer.
        """
        if self.erase:
            with suppress(Trouble):
                exchange.say_drained(self.store, self.server)
            leaving.erase(self.store)
            return
        waiting = self.store.waiting() or kept.to_offer(self.store) or photos.standing(self.store)["waiting"]
        if not waiting and exchange.say_drained(self.store, self.server):
            leaving.erase(self.store)

    def _is_ready(self, device: str) -> bool:
        return self.push and handover.is_ready(self.store, device)

    def _exchange(self) -> bool:
        """Hand in a batch and take the answer; True when the scope has more than the page that came with it.

        A restored server that is not open yet takes what it is given and has no page: it says why when it is asked.
        """
        done = self._send(self.server, self.store["device"])
        self._take(done)
        return done.answer.body.get("more", False) or done.answer.body.get("closed", False)

    def _finish_formers(self, ask: bool = False) -> bool:
        """Hand in what belongs to earlier devices and, with ``ask``, hear what was decided about it.

        True when the register may have changed by it.
        """
        before = len(self.report.results) + self.report.offered
        for former in identities.formers(self.store) if self.push else ():
            try:
                self._finish(former, ask and identities.awaits_word(self.store, former.device))
            except Refused as refused:
                if refused.problem != "unauthorized":
                    raise
                with self.store.write():
                    identities.adopt(self.store, former)
        return len(self.report.results) + self.report.offered > before

    def _finish(self, former: Former, ask: bool) -> None:
        server = self.server.speaking_for(former.token)
        while ask or self._is_ready(former.device):
            ask = False
            done = self._send(server, former.device)
            with self.store.write():
                news = exchange.settle(self.store, done)
            self._count(done, news)

    def _send(self, server: Server, device: str) -> Exchange:
        """Send the next batch under a device, smaller or from another cursor where the link or the server wants it
        so.
        """
        mine, failures = device == self.store["device"], 0
        while True:
            with self.store.write():
                digests = agreement.digests(self.store) if mine and device not in self.met else {}
                room = min(pace.room(self.store), MAX_BODY - ENVELOPE - len(orjson.dumps(digests)))
                batch = handover.take(self.store, device, self.ops, room, bool(self.met)) if self.push else []
                cursor, limit = (self.store["cursor"], pace.page(self.store)) if mine else (None, 1)
            try:
                done = exchange.send(self.store, server, device, batch, cursor, limit, digests)
            except Trouble as trouble:
                if not trouble.passing:
                    self._yield_to(trouble, len(batch))
                    continue
                failures += 1
                pace.unanswered(self.store, failures)
                server.patience.bear(failures, trouble)
                continue
            pace.answered(self.store, sum(len(waiting.body) for waiting in batch))
            self.met.add(device)
            return done

    def _pull(self) -> bool:
        """Read the rest of the scope page by page; False when the server no longer knows the cursor."""
        cursor = self.store["cursor"]
        try:
            for page in self.server.changes(cursor):
                with self.store.write():
                    self._take_page(page, cursor)
                self._count_changes(page)
                cursor = page.cursor
        except Refused as refused:
            self._yield_to(refused)
            return False
        return True

    def _yield_to(self, refused: Trouble, batch_size: int = 0) -> None:
        """Go on in another way where a refusal allows it: with a smaller batch, or a pull from the start."""
        if not isinstance(refused, Refused):
            raise refused
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

    def _take(self, done: Exchange) -> None:
        """Store an answer whole, in one transaction, and only then report it."""
        said, cursor = done.answer.body, done.cursor
        page = Page(said["changes"], said["cursor"], said["more"]) if "cursor" in said else None
        with self.store.write():
            news = exchange.settle(self.store, done)
            self.store.set(lease_until=said["lease_until"])
            clock.learn(self.store, said["server_time"], done.answer.asked_ms, done.answer.answered_ms)
            if said.get("reset"):
                self._start_afresh()
                cursor = None
            if page:
                if done.compared:
                    self.store.set(rewound=agreement.is_rewound(self.store, page.changes))
                self._take_page(page, cursor)
                self.store.keep_to_scope(said["scope"])
            if said.get("reenrol"):
                identities.learn_of_twin(self.store)
            kept.forget(self.store)
            self._hear_of_trust(said)
        self._count(done, news)
        if page:
            self._count_changes(page)
        self.report.outdated |= said.get("outdated", False)

    def _hear_of_trust(self, said: Mapping[str, Any]) -> None:
        """A new token, or that this tablet is trusted no more."""
        if token := said.get("token"):
            self.store.set(token=token)
            self.server = self.server.speaking_for(token)
        if said.get("revoked"):
            leaving.lock(self.store)
            self.report.revoked, self.erase = True, said.get("erase", False)

    def _take_page(self, page: Page, asked_from: str | None) -> None:
        """Store changes and cursor, unless another sync of this tablet has moved the cursor meanwhile.

        While ops are to be offered again the pull is not finished: what a restored server lacks stays on screen.
        """
        if self.store["cursor"] != asked_from:
            return
        self.store.take_changes(page.changes)
        clock.see(self.store, page.changes)
        self.store.set(cursor=page.cursor, standing=False)
        if not page.more and not kept.to_offer(self.store):
            self.store.finish_pull()

    def _count(self, done: Exchange, news: News) -> None:
        fresh = [result for result in done.results if not result.kept]
        self.report.results += fresh
        self.report.offered += len(done.results) - len(fresh)
        self.report.settled += news.settled
        self.report.notices += news.notices
        self.tell("due", news.due)
        self.tell("sent", len(fresh))
        self.tell("offered", len(done.results) - len(fresh))

    def _count_changes(self, page: Page) -> None:
        gone = sum(change.get("gone", False) for change in page.changes)
        self.report.gone += gone
        self.report.received += len(page.changes) - gone
        self.tell("received", len(page.changes))
