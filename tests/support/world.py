"""A small register to test against: three settlements of one district, a team with two workers, tablets of that team.

`World` speaks to the product as its users do: the office writes through the gate, tablets speak HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from schemas import registry
from schemas.clock import Clock
from schemas.ids import new_id
from server import authors, clock, database, devices, keys, office, register, settings
from server.app import create_app
from server.authors import Author
from server.db import db
from server.office import Change
from tests.support import templates
from tests.support.haste import hurry

PHONE = "+79000000001"


def make_app(database_url: str, data: Path, prepared: bool = True, hasty: bool = True) -> Flask:
    """An application with keys of its own on a fresh database, migrated unless it is to stay empty; in haste, unless
    what takes time is the matter."""
    chosen = settings.read({"VYEZD_DATA": str(data), "VYEZD_DATABASE_URL": database_url})
    keys.make(chosen)
    app = create_app(chosen)
    app.config.update(TESTING=True)
    if hasty:
        hurry(app)
    if prepared:
        _prepare(app, database_url)
    return app


def _prepare(app: Flask, database_url: str) -> None:
    is_new = templates.is_empty(database_url) and not templates.lay(database_url)
    with app.app_context():
        database.prepare()
        if is_new:
            db.engine.dispose()
            templates.keep(database_url)


class World:
    """Territories `here` and `there` belong to the team's scope, `elsewhere` does not."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.office = authors.office(new_id(), "Офис")
            self._make_reference()

    def _make_reference(self) -> None:
        self.region, self.district, self.here, self.there, self.elsewhere = (new_id() for _ in range(5))
        self.team, self.other_team = new_id(), new_id()
        self.worker, self.colleague, self.stranger = new_id(), new_id(), new_id()
        places = (
            (self.region, "12000000", "region", "Область", None),
            (self.district, "12635000", "district", "Лиманский район", self.region),
            (self.here, "12635402", "rural_settlement", "Басинский сельсовет", self.district),
            (self.there, "12635404", "rural_settlement", "Бирючекосинский сельсовет", self.district),
            (self.elsewhere, "12635408", "rural_settlement", "Бударинский сельсовет", self.district),
        )
        changes = [
            Change(
                "territory",
                id,
                set={"oktmo": code, "kind": kind, "name": name} | ({"parent": parent} if parent else {}),
            )
            for id, code, kind, name, parent in places
        ]
        changes += [
            Change(
                "team", self.team, set={"code": "ZS-1", "name": "Здоровая семья", "kind": "mobile_brigade"},
                add={"territories": [self.here, self.there]},
            ),
            Change(
                "team", self.other_team, set={"code": "ZS-2", "name": "Вторая бригада", "kind": "mobile_brigade"},
                add={"territories": [self.elsewhere]},
            ),
            Change("worker", self.worker, set={"name": "Иванова Мария Петровна", "team": self.team, "phone": PHONE}),
            Change("worker", self.colleague, set={"name": "Петрова Анна Ильинична", "team": self.team}),
            Change("worker", self.stranger, set={"name": "Сидорова Вера Львовна", "team": self.other_team}),
        ]  # fmt: skip
        for result in office.write(self.office, changes):
            assert result.outcome == "applied", result

    def tablet(self, team: str | None = None, name: str = "Планшет 1") -> Tablet:
        """A newly enrolled tablet."""
        with self.app.app_context():
            code, _ = devices.new_code(team or self.team)
        answer = self.app.test_client().post(
            "/api/v1/devices/enroll",
            json={"code": code, "name": name, "platform": "test", "public_key": "key-" + new_id()},
        )
        assert answer.status_code == 200, answer.text
        return Tablet(self, answer.get_json(), self.stranger if team == self.other_team else self.worker)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """An application context, as a request has one."""
        with self.app.app_context():
            yield

    def decide(self, type_name: str, id: str, base: int, author: Author | None = None, **values: Any) -> Any:
        """The office writes values of a record, having seen a rev of it."""
        with self.inside():
            (result,) = office.write(author or self.office, [Change(type_name, id, set=values, base=base)])
        return result

    def record(self, id: str) -> Any:
        """A record as the register holds it, or None."""
        with self.inside():
            return register.fetch([id]).get(id)


class Tablet:
    """A tablet that remembers what it has pulled, and speaks raw protocol."""

    def __init__(self, world: World, enrolled: dict[str, Any], worker: str) -> None:
        self.world = world
        self.worker = worker
        self.device = enrolled["device"]
        self.token = enrolled["token"]
        self.epoch = enrolled["epoch"]
        self.team = enrolled["team"]
        self.seal_key = enrolled["server_keys"]["seal"]
        self.sign_key = enrolled["server_keys"]["sign"]
        self.http: FlaskClient = world.app.test_client()
        self.seq = 0
        self.cursor: str | None = None
        self.records: dict[str, dict[str, Any]] = {}
        self.gone: list[str] = []
        self.clock = Clock(clock.now)

    def op(self, type_name: str, id: str | None = None, **parts: Any) -> dict[str, Any]:
        """An op of this tablet; ``base`` is the rev it has pulled, unless given. Plain keywords are parts of the op."""
        self.seq += 1
        id = id or new_id()
        known = self.records.get(id, {})
        return {
            "op": new_id(), "type": type_name, "id": id, "seq": self.seq, "epoch": self.epoch,
            "base": known.get("rev", 0), "at": self.clock.tick(), "by": self.worker, "schema": registry.VERSION,
        } | parts  # fmt: skip

    def family(self, **values: Any) -> dict[str, Any]:
        """An op that makes a family in the territory `here`."""
        return self.op("family", feed=self.world.here, set={"territory": self.world.here} | values)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def sync(self, *ops: dict[str, Any], **message: Any) -> dict[str, Any]:
        """One POST /sync with these ops; takes in what comes back. Fails unless it is answered with 200."""
        body = {"batch": new_id(), "cursor": self.cursor, "ops": list(ops), "limit": 500} | message
        answer = self.http.post("/api/v1/sync", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.get_json()
        self.take(said["changes"])
        self.cursor = said["cursor"]
        return said

    def pull(self) -> None:
        """Syncs until nothing more is there."""
        while self.sync()["more"]:
            pass

    def take(self, changes: list[dict[str, Any]]) -> None:
        """Lays changes down as a tablet does."""
        for change in changes:
            if change.get("gone"):
                self.records.pop(change["id"], None)
                self.gone.append(change["id"])
            else:
                self.records[change["id"]] = change
