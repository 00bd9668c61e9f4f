"""A server that is lost and restored from an old backup: its tablets heal it, as if nothing had happened.

The same tablets come home twice, from copies of their files: to the server that lived on, and to the one that was
restored. In the end both registers must be the same.
"""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from client_stub import edits, enrolment, mending, trips, view
from client_stub.report import Report
from client_stub.store import Store
from client_stub.sync import sync
from client_stub.transport import Patience, Server
from schemas.ids import new_id
from tests.simulation.service import Service
from tests.support.runs import Run

TEAMS = ("KY-1", "KY-1", "IK-1")
WRITTEN = ("family", "person", "membership", "visit")
GOOD_SNILS, BAD_SNILS = "112-233-445 95", "112-233-445 96"


class Restored(Service):
    """Another server, on an empty database of its own that is filled from a backup."""

    def __init__(self, folder: Path, database_url: str, backup: Path, journal: Path) -> None:
        self.words = ("restore", str(backup), "--journal", str(journal))
        folder.mkdir()
        super().__init__(folder, database_url)

    def prepare(self) -> None:
        """Put the backup into the database."""
        self.command(*self.words)


def test_tablets_heal_a_server_that_was_restored_from_an_old_backup(
    service: Service, second_url: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, backup, random = tmp_path / "tablets", tmp_path / "old.backup", Random(run.seed)
    with ExitStack() as stack:
        tablets = [enrol(stack, folder, service, team, n) for n, team in enumerate(TEAMS)]
        come_home(tablets, service)
        work(tablets, random)
        come_home(tablets, service)
        service.command("backup", str(backup))

        work(tablets, random)
        wrong = [write_unfit(tablet, random, monkeypatch) for tablet in tablets]
        come_home(tablets, service)
        assert [copy["op"] for copy in tablets[0].to_mend()] == [wrong[0]]
        for tablet in tablets[:2]:
            mending.mend(tablet, tablet.to_mend()[0], {"snils": GOOD_SNILS})
        come_home(tablets, service)
        work(tablets, random)
        mending.mend(tablets[2], tablets[2].to_mend()[0], {"snils": GOOD_SNILS})
    shutil.copytree(folder, tmp_path / "copies")

    lived_on = outcome(folder, service)
    service.stop()
    restored = Restored(tmp_path / "restored", second_url, backup, service.folder / "trust.journal")
    restored.start()
    try:
        assert outcome(tmp_path / "copies", restored, offers=True) == lived_on
    finally:
        restored.stop()


def enrol(stack: ExitStack, folder: Path, service: Service, team: str, number: int) -> Store:
    store = stack.enter_context(Store(folder / f"tablet-{number}.db"))
    workers = enrolment.enroll(store, Server(service.url), service.codes(team)[0], f"Планшет {number}")["workers"]
    store.set(worker=workers[number % len(workers)]["id"])
    return store


def work(tablets: list[Store], random: Random) -> None:
    """A trip of each, a new case, and another address for the same families."""
    for tablet in tablets:
        trips.travel(tablet, random, 4)
        trips.open_case(tablet, random)
        for family in sorted(each.id for each in view.every(tablet, "family"))[:3]:
            trips.correct_address(tablet, family, trips.address(random))


def write_unfit(tablet: Store, random: Random, monkeypatch: pytest.MonkeyPatch) -> str:
    """A person with a number that no checked form would have let pass; returns the op's id."""
    fields = {"surname": "Белова", "given": "Алёна", "sex": "female", "birth_date": "2014", "snils": BAD_SNILS}
    with monkeypatch.context() as unchecked:
        unchecked.setattr(edits, "check", lambda op: None)
        place = random.choice(trips.settlements(tablet))
        return edits.write(tablet, "person", new_id(), {"set": fields}, feed=place)["op"]


def come_home(tablets: list[Store], service: Service) -> list[Report]:
    """All of them, twice: to see what the others brought."""
    return [comes_home(tablet, service) for tablet in [*tablets, *tablets]]


def comes_home(tablet: Store, service: Service) -> Report:
    report = sync(tablet, Server(service.url, tablet["token"], patience=Patience(tries=5, pause=0.1)))
    assert report.trouble is None, report.trouble.say("en")
    return report


def outcome(folder: Path, service: Service, offers: bool = False) -> list[object]:
    """What each tablet shows and has to mend in the end, and every living record of the server.

    By then all is handed in, and both sides agree about what the tablets hold.
    """
    with ExitStack() as stack:
        tablets = [stack.enter_context(Store(path)) for path in sorted(folder.glob("*.db"))]
        reports = come_home(tablets, service)
        assert [report.offered > 0 for report in reports] == [offers] * len(TEAMS) + [False] * len(TEAMS)
        assert all(comes_home(tablet, service).is_all_handed_in for tablet in tablets)
        assert "device.diverged" not in service.log.read_text()
        shown = [(screen(tablet), [copy["op"] for copy in tablet.to_mend()]) for tablet in tablets]
    return [*shown, *(json.loads(service.command("export", type, "--format", "json")) for type in WRITTEN)]


def screen(tablet: Store) -> dict[str, object]:
    return {record.id: (record.fields, record.disputed) for type in WRITTEN for record in view.every(tablet, type)}
