"""A simulated tablet: its store, its link to the server, its wrong clock, and what befalls it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from random import Random
from typing import Any

from requests.adapters import BaseAdapter

from client_stub import enrolment
from client_stub.faults import Behind
from client_stub.problems import Trouble
from client_stub.report import Report
from client_stub.store import Store
from client_stub.sync import sync
from client_stub.transport import Patience
from schemas.ids import new_id
from tests.simulation import work
from tests.simulation.fate import SKEWS, skewed

ONCE = Patience(tries=1)  # the fleet tries again by itself, later
Code = Callable[[], str]


class Witness(Store):
    """A store that notes which records it was ever sent, and when it is told `gone` of one that it never had."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.seen: set[str] = set()
        self.never_had: list[str] = []

    def take_changes(self, changes: Iterable[Mapping[str, Any]]) -> None:
        changes = list(changes)
        gone = [change["id"] for change in changes if change.get("gone")]
        self.seen |= {change["id"] for change in changes if not change.get("gone")}
        self.never_had += [id for id in gone if id not in self.seen]
        super().take_changes(changes)


class Tablet:
    """``code`` asks the office for an enrolment code. ``past`` are the acknowledged ops of stores that are no more."""

    def __init__(self, name: str, folder: Path, code: Code, link: BaseAdapter, url: str, random: Random) -> None:
        self.name = name
        self.folder = folder
        self.code = code
        self.link = link
        self.url = url
        self.random = random
        self.skew = random.choice(SKEWS)
        self.past: set[str] = set()
        self.never_had: list[str] = []
        self.store = self._new_store()

    def _new_store(self) -> Witness:
        return Witness(self.folder / f"{self.name}-{new_id()[-8:]}.db")

    def server(self, token: str | None) -> Behind:
        """The server as this tablet reaches it."""
        return Behind(self.link, self.url, token, patience=ONCE)

    @contextmanager
    def own_time(self) -> Iterator[None]:
        """Everything in it happens by this tablet's clock."""
        with skewed(self.skew):
            yield

    def enrol(self) -> None:
        """Becomes a device, or another one: asks with the same code until an answer comes through."""
        code = self.code()
        while True:
            try:
                with self.own_time():
                    team = enrolment.enroll(self.store, self.server(None), code, self.name)
            except Trouble as trouble:
                if not trouble.passing:
                    raise
                continue
            self.store.set(worker=self.random.choice(team["workers"])["id"])
            return

    def works(self, deeds: int, among: work.Deeds = work.DEEDS) -> None:
        """Edits without a connection."""
        with self.own_time():
            work.work(self.store, self.random, deeds, among)
            work.mend(self.store, self.random)

    def comes_home(self) -> Report:
        """One try to hand over and to receive."""
        with self.own_time():
            return sync(self.store, self.server(self.store["token"]))

    @contextmanager
    def elsewhere(self) -> Iterator[Tablet]:
        """The same tablet for another thread, which needs a connection of its own to the file."""
        same = copy(self)
        with Witness(self.store.path) as same.store:
            same.store.seen = self.store.seen
            yield same
            self.never_had += same.store.never_had

    @property
    def acknowledged(self) -> set[str]:
        """Every op that this tablet ever saw acknowledged."""
        return self.past | {row["op"] for row in self.store.db.table("acknowledged").rows}

    # What befalls it

    def clock_jumps(self) -> None:
        self.skew = self.random.choice(SKEWS)

    def is_cloned(self, name: str) -> Tablet:
        """Another tablet with a copy of this one's file: both go on as one device."""
        twin = Tablet(name, self.folder, self.code, self.link, self.url, Random(f"{name} {self.random.random()}"))
        twin._becomes(self._copy())
        twin.store.seen = set(self.store.seen)
        return twin

    def is_reinstalled(self) -> None:
        """Its file is lost, with all that had not been sent; it starts as a new device."""
        self._becomes(None)
        self.enrol()

    def is_kept_aside(self) -> Callable[[], None]:
        """Takes a copy of the file; the answer puts it back in the place of the present one."""
        copy, seen = self._copy(), set(self.store.seen)

        def put_back() -> None:
            self._becomes(copy)
            self.store.seen = seen

        return put_back

    def _copy(self) -> Path:
        path = self.folder / f"{self.name}-{new_id()[-8:]}.copy"
        with sqlite3.connect(path) as target:
            self.store.db.conn.backup(target)
        target.close()
        return path

    def _becomes(self, copy: Path | None) -> None:
        """Goes on with a copy of a file, or with an empty one."""
        self.past = self.acknowledged
        self.never_had += self.store.never_had
        self.close()
        path = self.folder / f"{self.name}-{new_id()[-8:]}.db"
        if copy:
            shutil.copy(copy, path)
        self.store = Witness(path)

    def close(self) -> None:
        self.store.close()
