"""A tablet with photos to bring home, and what of them the office has."""

from __future__ import annotations

import hashlib
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from requests.adapters import BaseAdapter

from client_stub import edits, enrolment, photos, trips
from client_stub.faults import Behind
from client_stub.report import Report
from client_stub.store import Store
from client_stub.sync import sync
from client_stub.transport import Patience
from schemas.ids import new_id
from server import devices
from server.blobs import access, store
from server.reading.reach import EVERYBODY
from server.register import fetch
from tests.simulation.inprocess import SERVER
from tests.support.world import World

QUICK = Patience(tries=40, pause=0.0)


class Crew:
    """A tablet of World's team, its files, and its way to the server."""

    def __init__(self, world: World, folder: Path, link: BaseAdapter, name: str = "tablet", url: str = SERVER) -> None:
        self.world, self.folder, self.name, self.url = world, folder, name, url
        self.link: Any = link
        self.store = Store(folder / f"{name}.db")
        self.enrolls()

    def enrolls(self) -> None:
        with self.world.inside():
            code, _ = devices.new_code(self.world.team)
        enrolment.enroll(self.store, Behind(self.link, self.url, patience=QUICK), code, self.name)
        self.store.set(worker=self.world.worker)
        self.comes_home()

    def comes_home(self, patience: Patience = QUICK, tell: Any = lambda what, number: None) -> Report:
        return sync(self.store, Behind(self.link, self.url, self.store["token"], patience=patience), tell=tell)

    def visits(self) -> str:
        """A family and a visit to it, written without a connection."""
        family = trips.open_case(self.store, Random(1))
        visit = new_id()
        met = {"family": family, "kind": "initial", "started_at": "2026-05-04T10:00:00+04:00"}
        edits.write(self.store, "visit", visit, {"set": met | {"result": {"from": None, "to": "held"}}})
        return visit

    def takes(self, visit: str, data: bytes, **more: Any) -> str:
        """A picture, attached to a visit."""
        file = self.folder / "taken.jpg"
        file.write_bytes(data)
        return photos.attach(self.store, visit, file, {}, **more)


def whole_at_the_office(app: Flask, attachments: list[str]) -> list[str]:
    """Those of these attachments whose file has come, and is what its hash names."""
    with app.app_context():
        found = fetch(attachments)
        come = access.arrivals(found.values())
        held = {id: come[id].held for id in found}
        for each in held.values():
            if each is not None:
                assert hashlib.sha256(store.kept().open(each.content).read()).hexdigest() == each.content
                assert access.of_person(next(id for id in held if held[id] == each), EVERYBODY)
    return [id for id in attachments if held.get(id)]
