"""A tablet that was set up from a copy of another: two of one name come home to a real server."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from client_stub import clock, edits, enrolment, trips, view
from client_stub.report import Report
from client_stub.store import Store
from client_stub.sync import sync
from client_stub.transport import Patience, Server
from client_stub.visits import visit_change
from schemas.ids import new_id
from tests.simulation.service import Service
from tests.support.runs import Run

FILES = ("tablet.db", "twin.db")


def test_nothing_of_a_copied_tablet_or_its_twin_is_lost_or_comes_twice(
    one_service: Service, tmp_path: Path, run: Run
) -> None:
    original, twin = (tmp_path / name for name in FILES)
    with Store(original) as tablet:
        enrolment.enroll(tablet, Server(one_service.url), one_service.codes("KY-1")[0], "Планшет")
        comes_home(tablet, one_service)
        write(tablet, run, "до копии")
    shutil.copyfile(original, twin)

    with Store(original) as tablet, Store(twin) as copy:
        for store in (tablet, copy):
            write(store, run, "после копии")
        told = [comes_home(store, one_service) for store in (tablet, copy, tablet)]
        assert [report.reenrol for report in told] == [False, True, True]
        assert [report.waiting for report in told] == [0, 0, 0]
        for store in (tablet, copy):
            write(store, run, "пока нет кода")
            assert comes_home(store, one_service).waiting > 0
            enrolment.enroll(store, Server(one_service.url), one_service.codes("KY-1")[0], "Планшет")
            write(store, run, "с новым кодом")
        reports = [comes_home(store, one_service) for store in (tablet, copy, tablet)]
        assert [(report.waiting, report.reenrol) for report in reports] == [(0, False)] * 3
        assert all(comes_home(store, one_service).is_all_handed_in for store in (tablet, copy))
        assert screen(tablet) == screen(copy)
        written = [note["value"] for visit in view.every(tablet, "visit") for note in visit.fields.get("notes", [])]
    assert written.count("до копии") == 1
    assert [written.count(note) for note in ("после копии", "пока нет кода", "с новым кодом")] == [2, 2, 2]
    assert json.loads(one_service.command("quarantine", "list", "--json")) == []


def write(store: Store, run: Run, note: str) -> None:
    """A visit with this note, and another address of its family."""
    family = min(each.id for each in view.every(store, "family"))
    change = {"kind": "repeat", "started_at": clock.now(store).isoformat(timespec="seconds")}
    edits.write(store, "visit", new_id(), visit_change(family, change, "held", {"notes": [note]}))
    trips.correct_address(store, family, f"ул. {note}, д. {run.seed}")


def comes_home(store: Store, service: Service) -> Report:
    report = sync(store, Server(service.url, store["token"], patience=Patience(tries=5, pause=0.1)))
    assert report.trouble is None, report.trouble.say("en")
    return report


def screen(store: Store) -> dict[str, object]:
    return {each.id: (each.fields, each.disputed) for type in ("family", "visit") for each in view.every(store, type)}
