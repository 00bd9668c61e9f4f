"""What happens to a tablet in the field, in words that tests read well with."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import orjson

from client_stub import edits, enrolment, view
from client_stub.report import Report, Tell
from client_stub.store import Store
from client_stub.sync import sync
from client_stub.transport import Patience, Server
from schemas.ids import new_id
from tests.client_stub.fake_server import FEED, FakeServer

AT_ONCE = Patience(tries=3, pause=0.0)
STARTED = "2026-05-04T10:00:00+04:00"


class Tablet:
    """One tablet and the worker who holds it. Opening the file of an enrolled one is a second program at
    work.
    """

    def __init__(self, path: Path, fake: FakeServer, patience: Patience = AT_ONCE, code: str = "AAAA-1111") -> None:
        self.path = path
        self.fake = fake
        self.patience = patience
        self.store = Store(path)
        if not self.store["token"]:
            self.enrolls(code)

    def enrolls(self, code: str) -> None:
        enrolment.enroll(self.store, self._server(), code, "Планшет", "петрова")

    def _server(self) -> Server:
        return Server(self.fake.url, self.store["token"], "ru", self.patience)

    def comes_home(self, push: bool = True, tell: Tell = lambda what, number: None) -> Report:
        return sync(self.store, self._server(), push, tell)

    def loses_power(self) -> None:
        """The process dies; what was committed is there when it starts again."""
        self.store.close()
        self.store = Store(self.path)

    def is_copied(self, path: Path) -> Tablet:
        """A twin: another tablet that was set up from a copy of this one's file."""
        self.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self.path, path)
        return Tablet(path, self.fake, self.patience)

    def corrects(self, family: str, **fields: Any) -> str:
        """An edit of a record that is on screen; returns the op's id."""
        opened = view.look(self.store, family)
        assert opened
        return edits.save(self.store, opened.type, family, {"set": fields}, opened)[-1]["op"]

    def visits(self, family: str, *notes: str) -> str:
        """A visit written offline; returns the visit's id."""
        visit = new_id()
        change = {
            "set": {"family": family, "kind": "initial", "started_at": STARTED, "result": {"from": None, "to": "held"}},
            "add": {"notes": list(notes)},
        }
        edits.write(self.store, "visit", visit, change)
        return visit

    def sees(self, id: str) -> dict[str, Any]:
        """The fields on screen, {} when there is nothing."""
        record = view.look(self.store, id)
        return record.fields if record else {}

    def outbox(self) -> list[str]:
        """The ids of the ops that wait, in order."""
        return [row["op"] for row in self.store.db.table("outbox").rows_where(order_by="seq")]

    def kept(self) -> dict[str, dict[str, int]]:
        """Op → the revs that epochs gave it, of the sealed copies."""
        return {row["op"]: orjson.loads(row["was"]) for row in self.store.db.table("kept").rows}

    def acknowledged(self) -> dict[str, str]:
        """Op → outcome."""
        return {row["op"]: row["outcome"] for row in self.store.db.table("acknowledged").rows}


def family(fake: FakeServer, address: str = "с Образцовое, ул. Ленина, д. 5", **fields: Any) -> str:
    """A family that the office has put on record."""
    return fake.office_writes("family", {"territory": FEED, "address": address, "number": "17/2026"} | fields)
