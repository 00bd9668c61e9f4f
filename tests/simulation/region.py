"""The office's side of one fleet: a district with overlapping teams, and people who decide while tablets travel.

Several fleets may share one database: each has territories and teams of its own, and only these are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import select

from schemas.ids import new_id
from server import authors, devices, office, settle
from server.db import reading
from server.models import Device, Op, Placement, Record
from server.office import Change

SETTLEMENTS = ("Образцовое", "Заречье", "Камышовка", "Тузуклей", "Никем не занятое")
TEAMS = {"first": (0, 1), "second": (1, 2), "third": (2, 3)}
"""Team → the settlements it works in: each shares one with the next. The last settlement is nobody's."""


WORKERS = ("Иванова Мария Петровна", "Петрова Анна Ильинична")


@dataclass(frozen=True, slots=True)
class Held:
    """A record as the register holds it, with the feeds in which it sits."""

    id: str
    type: str
    rev: int
    deleted: bool
    fields: dict[str, Any]
    disputed: dict[str, list[dict[str, Any]]]
    incomplete: list[str]
    feeds: frozenset[str]


class Region:
    """One fleet's part of the register of ``app``, and the office's deeds in it, drawn from ``random``."""

    def __init__(self, app: Flask, random: Random, number: int) -> None:
        self.app = app
        self.random = random
        self.number = number
        self.deeds: dict[str, int] = {}
        with self.inside():
            self.office = authors.office(new_id(), f"Офис {number}")
            self._found()

    def _found(self) -> None:
        self.district, self.stranger, *self.places = (new_id() for _ in range(2 + len(SETTLEMENTS)))
        self.teams = {name: new_id() for name in TEAMS}
        self._write(
            *self._territories(), *self._crews(), *(each for place in self.places[:3] for each in _family(place))
        )

    def _territories(self) -> Iterator[Change]:
        code = f"12{600 + self.number % 100}"
        yield Change("territory", self.district, set=_territory(f"{code}000", "district", f"Район {self.number}"))
        for n, (id, name) in enumerate(zip(self.places, SETTLEMENTS, strict=True), 1):
            told = _territory(f"{code}40{n}", "rural_settlement", name) | {"parent": self.district}
            yield Change("territory", id, set=told)

    def _crews(self) -> Iterator[Change]:
        for name, team in self.teams.items():
            told = {"code": f"{name}-{self.number}", "name": f"Бригада {name}", "kind": "mobile_brigade"}
            yield Change("team", team, set=told, add={"territories": [self.places[n] for n in TEAMS[name]]})
            for worker in WORKERS:
                yield Change("worker", new_id(), set={"name": worker, "team": team})

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self.app.app_context():
            yield

    def code(self, team: str) -> str:
        """An enrolment code for a tablet of a team."""
        with self.inside():
            return devices.new_code(self.teams[team])[0]

    def places_of(self, team: str) -> list[str]:
        """Where a team worked at first."""
        return [self.places[n] for n in TEAMS[team]]

    @property
    def feeds(self) -> frozenset[str]:
        """The feeds in which this fleet's records can sit (but for the reference, which all share)."""
        return frozenset([*self.places, self.district, *(f"team:{team}" for team in self.teams.values())])

    def records(self) -> list[Held]:
        """Everything in these feeds, deleted records included."""
        return self.records_in(self.feeds)

    def records_in(self, feeds: Iterable[str]) -> list[Held]:
        """Everything that sits or sat in some feeds."""
        query = select(Record, Placement.feed, Placement.gone).join(Placement, Placement.record == Record.id)
        with self.inside(), reading() as connection:
            rows = list(connection.execute(query.where(Placement.feed.in_(list(feeds))).order_by(Record.id)))
        sits: dict[str, set[str]] = {row.id: set() for row in rows}
        for row in rows:
            if not row.gone:
                sits[row.id].add(row.feed)
        return [_held(row, sits[row.id]) for row in {row.id: row for row in rows}.values()]

    def records_of(self, ids: Iterable[str]) -> list[Held]:
        """These records, wherever they sit (their feeds are not told)."""
        with self.inside(), reading() as connection:
            rows = list(connection.execute(select(Record).where(Record.id.in_(list(ids)))))
        return [_held(row, set()) for row in rows]

    def devices(self) -> list[str]:
        """The devices of its tablets."""
        with self.inside(), reading() as connection:
            return list(connection.scalars(select(Device.id).where(Device.team.in_(self.teams.values()))))

    # What the office does

    def works(self) -> None:
        """One deed of the office."""
        deed = self.random.choices(list(DEEDS), list(DEEDS.values()))[0]
        with self.inside():
            done = deed(self)
        if done:
            self.deeds[deed.__name__] = self.deeds.get(deed.__name__, 0) + 1

    def _write(self, *changes: Change) -> bool:
        """Whether the register took all of it."""
        results = office.write(self.office, changes)
        wrong = [result for result in results if result.outcome not in ("applied", "conflict")]
        assert not wrong, wrong
        return bool(results)

    def _one(self, *types: str, deleted: bool = False) -> Held | None:
        known = [held for held in self.records() if held.type in types and held.deleted == deleted]
        return self.random.choice(known) if known else None

    def move(self) -> bool:
        """A family moves; some office people have not seen its latest state."""
        family = self._one("family")
        if family is None:
            return False
        base = self.random.choice((family.rev, family.rev, max(family.rev - 1, 0)))
        place = self.random.choice(self.places)
        return self._write(Change("family", family.id, set={"territory": place}, base=base))

    def decide(self) -> bool:
        """A disputed field gets one of its candidates' values."""
        disputed = [held for held in self.records() if held.disputed and not held.deleted]
        if not disputed:
            return False
        held = self.random.choice(disputed)
        name, candidates = self.random.choice(sorted(held.disputed.items()))
        value = self.random.choice(candidates)["value"]
        change = {name: {"from": None, "to": value} if name in ("case_status", "result") else value}
        return self._write(Change(held.type, held.id, set=change, base=held.rev))

    def delete(self) -> bool:
        """A record is deleted, some of them without a look at their latest edits."""
        held = self._one("visit", "person", "membership", "family", "visit_part", "gathering")
        if held is None:
            return False
        base = self.random.choice((held.rev, max(held.rev - 1, 0)))
        return self._write(Change(held.type, held.id, base=base, delete=True))

    def bring_back(self) -> bool:
        """A deleted record is brought back."""
        held = self._one("visit", "person", "membership", "family", deleted=True)
        return held is not None and self._write(Change(held.type, held.id, base=held.rev, delete=False))

    def edit(self) -> bool:
        """The office writes what only it may, and what tablets write too."""
        family = self._one("family")
        if family is None:
            return False
        told = {"number": f"{self.random.randint(1, 99)}/2026", "household": "Записано в офисе."}
        return self._write(Change("family", family.id, set=told, base=family.rev))

    def widen_or_narrow(self) -> bool:
        """A team is given a settlement more, or loses one."""
        name = self.random.choice(list(self.teams))
        (held,) = self.records_of([self.teams[name]])
        mine = held.fields.get("territories", [])
        others = [place for place in self.places[:-1] if place not in mine]
        if others and (len(mine) < 2 or self.random.random() < 0.5):
            change = Change("team", held.id, base=held.rev, add={"territories": [self.random.choice(others)]})
        else:
            change = Change("team", held.id, base=held.rev, remove={"territories": [self.random.choice(mine)]})
        return self._write(change)

    def confirm_a_trip(self) -> bool:
        """A trip's team may read another settlement while it lasts; some trips are called off."""
        trip = self._one("trip")
        if trip is None:
            return False
        if self.random.random() < 0.3:
            step = {"status": {"from": None, "to": "cancelled"}, "cancel_reason": "Паводок"}
            return self._write(Change("trip", trip.id, base=trip.rev, set=step))
        place = self.random.choice(self.places)
        return self._write(Change("trip", trip.id, base=trip.rev, add={"confirmed_territories": [place]}))

    def settle(self) -> bool:
        """Something that was stored or quarantined is released as it stands, or rejected."""
        query = select(Op.op).where(Op.state.in_(("stored", "quarantined")), Op.device.in_(self.devices()))
        with reading() as connection:
            waiting = sorted(connection.scalars(query))
        if not waiting:
            return False
        op = self.random.choice(waiting)
        if self.random.random() < 0.5:
            settle.release(op, "Смирнова О. И.")
        else:
            settle.reject(op, "Перепишите по документу.", "Смирнова О. И.")
        return True


DEEDS: dict[Callable[[Region], bool], int] = {
    Region.move: 6, Region.decide: 6, Region.delete: 3, Region.bring_back: 2, Region.edit: 4,
    Region.widen_or_narrow: 1, Region.confirm_a_trip: 2, Region.settle: 4,
}  # fmt: skip
"""How often each is done."""


def _territory(oktmo: str, kind: str, name: str) -> dict[str, str]:
    return {"oktmo": oktmo, "kind": kind, "name": name}


def _family(place: str) -> list[Change]:
    """A family with a mother and a child, and a visit to it."""
    family, mother, child = new_id(), new_id(), new_id()
    of_one_name = {"surname": "Белова", "sex": "female"}
    people = ((mother, "Вера", "1990", "mother"), (child, "Алина", "2020", "child"))
    visit = {"family": family, "kind": "initial", "started_at": "2026-09-01T10:00:00+04:00"}
    return [
        Change("family", family, set={"territory": place, "address": "ул. Ленина, д. 1", "form": "birth"}),
        *(
            Change("person", id, feed=place, set=of_one_name | {"given": given, "birth_date": born})
            for id, given, born, _ in people
        ),
        *(
            Change("membership", new_id(), set={"person": id, "family": family, "role": role},
                   add={"periods": [{"from": f"{born}-01-01"}]})
            for id, _, born, role in people
        ),
        Change("visit", new_id(), set=visit | {"result": {"from": None, "to": "held"}}),
    ]  # fmt: skip


def _held(row: Any, feeds: set[str]) -> Held:
    body = orjson.loads(row.body)
    disputed, incomplete = body.get("disputed", {}), body.get("incomplete", [])
    return Held(row.id, row.type, row.rev, row.deleted, body["fields"], disputed, incomplete, frozenset(feeds))
