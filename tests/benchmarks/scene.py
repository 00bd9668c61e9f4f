"""A register for benchmarks: teams that each have a settlement of their own, a worker and families; and their tablets.

`Writer` makes the ops of a tablet as it would send them; ids are drawn from the seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import orjson
from flask import Flask

from schemas import registry
from schemas.clock import Clock
from schemas.ids import new_id
from server import authors, clock, devices, epoch, intake, office
from server.db import db, reading
from server.office import Change

Op = dict[str, Any]
LOCAL = timezone(timedelta(hours=4))


@dataclass(frozen=True, slots=True)
class Crew:
    """A team with its settlement, its worker and its families' ids."""

    team: str
    place: str
    worker: str
    families: list[str]


@dataclass(slots=True)
class Scene:
    """The register of ``app``, whose data lie in ``folder``."""

    app: Flask
    url: str
    folder: Path
    random: Random
    district: str = ""
    crews: list[Crew] = field(default_factory=list)
    began: datetime = field(default_factory=lambda: datetime.now(LOCAL).replace(microsecond=0) - timedelta(days=20))

    @contextmanager
    def inside(self) -> Iterator[None]:
        """An application context, as a request has one."""
        with self.app.app_context():
            yield

    def close(self) -> None:
        """Lets go of the database."""
        with self.inside():
            db.engine.dispose()

    def id(self) -> str:
        """An id that the seed decides."""
        return new_id(clock.now(), self.random.getrandbits)

    def found(self, teams: int, families: int) -> None:
        """Makes a district, and teams with so many families each."""
        self.district = self.id()
        told = {"oktmo": "12600000", "kind": "district", "name": "Район"}
        changes = [Change("territory", self.district, set=told)]
        for number in range(teams):
            crew = Crew(self.id(), self.id(), self.id(), [self.id() for _ in range(families)])
            self.crews.append(crew)
            changes += self._crew(crew, number)
        with self.inside():
            author = authors.importer("bench")
            results = office.write(author, changes)
            results += office.write(author, [each for crew in self.crews for each in _families(crew)])
        refused = [result for result in results if result.outcome != "applied"]
        assert not refused, refused[:3]

    def _crew(self, crew: Crew, number: int) -> Iterator[Change]:
        code = f"12{600 + number // 99}4{number % 99 + 1:02}"
        place = {"oktmo": code, "kind": "rural_settlement", "name": f"Сельсовет {number}", "parent": self.district}
        team = {"code": f"B-{number}", "name": f"Бригада {number}", "kind": "mobile_brigade"}
        yield Change("territory", crew.place, set=place)
        yield Change("team", crew.team, set=team, add={"territories": [crew.place]})
        yield Change("worker", crew.worker, set={"name": f"Иванова Мария {number}", "team": crew.team})

    def writer(self, crew: Crew) -> Writer:
        """A newly enrolled tablet of a team."""
        with self.inside():
            code, _ = devices.new_code(crew.team)
            enrolled = devices.enroll(code, "Планшет", "bench", f"key-{self.id()}")
            with reading() as connection:
                present = epoch.of(connection)
        return Writer(self, crew, enrolled.device, enrolled.token, present)

    def code(self, crew: Crew) -> str:
        """An enrolment code for a team."""
        with self.inside():
            return devices.new_code(crew.team)[0]

    def push(self, writer: Writer, raws: Sequence[bytes], batch: int) -> None:
        """Sends ops through the gate. Raises AssertionError when one does not come through."""
        author = devices.author_of(writer.device)
        for start in range(0, len(raws), batch):
            results = intake.push(author, raws[start : start + batch])
            refused = [result for result in results if result.outcome not in ("applied", "conflict")]
            assert not refused, refused[:3]


def _families(crew: Crew) -> Iterator[Change]:
    for number, family in enumerate(crew.families):
        told = {"territory": crew.place, "address": f"ул. Ленина, д. {number}", "form": "birth"}
        yield Change("family", family, set=told)


@dataclass(slots=True)
class Writer:
    """A tablet of ``crew`` that only writes and sends."""

    scene: Scene
    crew: Crew
    device: str
    token: str
    epoch: str
    seq: int = 0
    clock: Clock = field(default_factory=lambda: Clock(clock.now))

    def op(self, type: str, id: str, base: int = 0, **parts: Any) -> Op:
        """An op of this tablet; ``parts`` as they go on the wire."""
        self.seq += 1
        return {
            "op": self.scene.id(), "type": type, "id": id, "seq": self.seq, "epoch": self.epoch, "base": base,
            "at": self.clock.tick(), "by": self.crew.worker, "schema": registry.VERSION,
        } | parts  # fmt: skip

    def visits(self, count: int) -> list[Op]:
        """New visits, by turns in the team's families: about 20 values and 900 bytes each."""
        families = self.crew.families
        return [self.visit(families[number % len(families)], number) for number in range(count)]

    def visit(self, family: str, number: int) -> Op:
        """A new visit to a family, in the last days; each begins a minute after the one before and promises the
        next."""
        start = self.scene.began + timedelta(minutes=number)
        values = {
            "family": family,
            "kind": "repeat",
            "planned": True,
            "planned_at": (start - timedelta(minutes=10)).isoformat(),
            "started_at": start.isoformat(),
            "ended_at": (start + timedelta(minutes=55)).isoformat(),
            "result": {"from": None, "to": "held"},
            "purpose": f"Плановое посещение семьи № {number}, помощь с документами",
            "next_visit_due": (start + timedelta(days=40)).date().isoformat(),
        }
        sets = {"participants": [self.crew.worker], "needs": ["legal"], "circumstances": ["3"]}
        logs = {"notes": ["Дома, трезвые; дети в школе."], "gps": [{"lat": 46.35, "lon": 48.04, "accuracy": 12}]}
        return self.op("visit", self.scene.id(), set=values, add=sets | logs)

    def note(self, visit: str, base: int) -> Op:
        """One more word on a visit that was read at a rev."""
        ended = self.scene.began + timedelta(hours=2, minutes=base)
        told = {"purpose": f"Повторно, № {base}", "ended_at": ended.isoformat()}
        return self.op("visit", visit, base, set=told, add={"notes": ["Обещали починить печь."]})


def dumped(ops: Sequence[Op]) -> list[bytes]:
    """Ops as they go on the wire."""
    return [orjson.dumps(op) for op in ops]
