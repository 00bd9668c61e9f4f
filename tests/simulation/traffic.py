"""Writers and pullers on one register at the same moment, through the services: who wrote what, and who saw it when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Any

import orjson
from flask import current_app

from schemas import registry
from schemas.clock import Clock
from schemas.ids import new_id
from server import clock, cursor, devices, epoch, intake, pull
from server.db import reading
from tests.simulation.region import Region

READER = "a device of nobody"
MERGED = ("applied", "conflict")


@dataclass
class Acknowledged:
    """What the register took, in the order in which writers were told: (record, rev)."""

    revs: list[tuple[str, int]] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def note(self, results: list[intake.Result], ops: list[dict[str, Any]]) -> None:
        with self._lock:
            for result, op in zip(results, ops, strict=True):
                if result.outcome in MERGED and result.rev:
                    self.revs.append((op["id"], result.rev))
                    if op["type"] == "family" and op["base"] == 0:
                        self.families.append(op["id"])


class Writer:
    """A tablet of a team that pushes without a rest: new records in its feeds, edits of shared ones, moves."""

    def __init__(self, region: Region, team: str, acknowledged: Acknowledged, random: Random) -> None:
        self.region = region
        self.random = random
        self.acknowledged = acknowledged
        self.places = region.places_of(team)
        self.clock, self.seq = Clock(clock.now), 0
        code = region.code(team)
        with region.inside():
            self.device = devices.enroll(code, f"Планшет {team}", "test", new_id()).device
            with reading() as connection:
                self.epoch = epoch.of(connection)

    def pushes(self) -> list[intake.Result]:
        """One batch of one to five ops."""
        ops = [op for _ in range(self.random.randint(1, 3)) for op in self.random.choice(self.kinds)()]
        return self.push(ops)

    def push(self, ops: list[dict[str, Any]]) -> list[intake.Result]:
        """Sends ops through the gate, as an answer to a tablet does. Raises what a tablet would see as a failure."""
        with self.region.inside():
            results = intake.push(devices.author_of(self.device), [orjson.dumps(op) for op in ops])
        self.acknowledged.note(results, ops)
        return results

    @property
    def kinds(self) -> list[Callable[[], list[dict[str, Any]]]]:
        return [self._visit, self._visit, self._visit, self._family, self._note, self._move, self._child_of_two]

    def op(self, type: str, id: str | None = None, base: int = 0, **parts: Any) -> dict[str, Any]:
        """An op of this tablet."""
        self.seq += 1
        return {
            "op": new_id(), "type": type, "id": id or new_id(), "seq": self.seq, "epoch": self.epoch, "base": base,
            "at": self.clock.tick(), "schema": registry.VERSION,
        } | parts  # fmt: skip

    def _any(self) -> str:
        return self.random.choice(self.acknowledged.families)

    def _family(self) -> list[dict[str, Any]]:
        return [self.op("family", set={"territory": self.random.choice(self.places), "address": "ул. Мира, 1"})]

    def _visit(self) -> list[dict[str, Any]]:
        told = {"family": self._any(), "kind": "repeat", "started_at": "2026-09-01T10:00:00+04:00"}
        return [self.op("visit", set=told)]

    def _note(self) -> list[dict[str, Any]]:
        return [self.op("family", self._any(), 1, set={"household": new_id()}, add={"directions": ["За мостом."]})]

    def _move(self) -> list[dict[str, Any]]:
        return [self.op("family", self._any(), 10**6, set={"territory": self.random.choice(self.places)})]

    def _child_of_two(self) -> list[dict[str, Any]]:
        child = self.op("person", feed=self.places[0], set={"surname": "Белов", "given": "Пётр", "sex": "male"})
        links = [
            self.op("membership", set={"person": child["id"], "family": family, "role": "child"})
            for family in (self._any(), self._any())
        ]
        return [child, *links]


class Puller:
    """A reader who follows feeds from the beginning. ``held``: record → (rev, feeds), as a tablet would show it."""

    def __init__(self, region: Region, scope: frozenset[str], random: Random) -> None:
        self.region = region
        self.scope = scope
        self.random = random
        self.held: dict[str, tuple[int, list[str]]] = {}
        self.cursor: str | None = None
        self.disorder: list[str] = []
        self.pages = 0

    def follows(self) -> None:
        """Reads on to the head of the scope, in pages of any size."""
        more = True
        while more:
            with self.region.inside():
                before = pull.begin(self.cursor, READER)
                page = pull.page(self.scope, before, self.random.randint(1, 40))
                self._take(page, before)
                self.cursor, more = page.text(current_app.extensions["vyezd.keys"]), page.more
            self.pages += 1

    def _take(self, page: pull.Page, before: cursor.Cursor) -> None:
        for line in page.lines:
            forward = [feed for feed, mark in line.cursor.marks.items() if mark.at > _at(before, feed)]
            backward = [feed for feed, mark in line.cursor.marks.items() if mark.at < _at(before, feed)]
            if backward or len(forward) != 1:
                self.disorder.append(f"from {before.marks} to {line.cursor.marks}")
            before = line.cursor
            change = orjson.loads(line.json)
            if change.get("gone"):
                self.held.pop(change["id"], None)
            else:
                self.held[change["id"]] = (change["rev"], change["feeds"])


def _at(of: cursor.Cursor, feed: str) -> int:
    mark = of.marks.get(feed)
    return mark.at if mark else 0
