"""A small fleet goes on a trip and comes home to a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock, Timer

from client_stub import edits, enrolment, fleet, view
from client_stub.store import Store
from client_stub.sync import sync
from client_stub.transport import Patience, Server
from schemas.ids import new_id
from tests.simulation.service import Service
from tests.support.runs import Run

SHOWN = ("family", "person", "membership", "visit", "visit_part", "trip")


def test_a_small_fleet_comes_home_and_every_op_is_accounted_for(service: Service, tmp_path: Path, run: Run) -> None:
    codes = service.codes("KY-1", "KY-1", "IK-1", "IK-1")

    summary = fleet.run(service.url, codes, seed=run.seed, visits=5, folder=tmp_path / "fleet")

    assert all(row.trouble is None for row in summary.rows)
    assert all(row.written > 5 for row in summary.rows)
    assert (summary.lost, summary.doubled) == (0, 0)
    assert sum(row.waiting + row.quarantined + row.stored for row in summary.rows) == 0
    with stores(tmp_path / "fleet", 4) as tablets:
        assert screen(tablets[0]) == screen(tablets[1])
        assert screen(tablets[2]) == screen(tablets[3])


def test_two_tablets_that_change_one_address_differently_see_both_and_wait_for_the_office(
    one_service: Service, tmp_path: Path, run: Run
) -> None:
    codes = one_service.codes("LI-1", "LI-1")

    summary = fleet.run(one_service.url, codes, seed=run.seed, visits=1, folder=tmp_path / "fleet")

    assert sorted(row.conflict for row in summary.rows) == [0, 1], "the second one home hears of it"
    with stores(tmp_path / "fleet", 2) as tablets:
        told = [{family.id: addresses(family) for family in disputed(tablet)} for tablet in tablets]
    assert told[0] == told[1]
    assert len(summary.disputed) == len(told[0])
    assert {len(candidates) for candidates in told[0].values()} == {2}


def test_a_server_killed_while_tablets_come_home_loses_and_doubles_nothing(
    service: Service, tmp_path: Path, run: Run
) -> None:
    kills: list[Timer] = []
    one_at_a_time = Lock()

    def power_fails(what: str, tablet: str) -> None:
        if what == "fleet.comes_home":
            kills.append(Timer(0.02 * len(kills), restart))
            kills[-1].start()

    def restart() -> None:
        with one_at_a_time:
            service.kill()
            service.start()

    codes = service.codes("KY-1", "KY-1", "KY-1")
    summary = fleet.run(service.url, codes, seed=run.seed, visits=20, folder=tmp_path / "fleet", tell=power_fails)
    for kill in kills:
        kill.join()

    assert (summary.lost, summary.doubled) == (0, 0)
    with stores(tmp_path / "fleet", 3) as tablets:
        for tablet in tablets:
            comes_home(tablet, service)
        for tablet in tablets:
            comes_home(tablet, service)
            assert tablet.waiting() == 0
        assert screen(tablets[0]) == screen(tablets[1]) == screen(tablets[2])


def test_what_the_server_does_not_understand_is_kept_for_its_author_to_mend(
    one_service: Service, tmp_path: Path
) -> None:
    with Store(tmp_path / "tablet.db") as tablet:
        enrolment.enroll(tablet, Server(one_service.url), one_service.codes("KY-1")[0], "Планшет")
        odd = edits.write(tablet, "novelty", new_id(), {"set": {"name": "?"}})
        comes_home(tablet, one_service)

        assert tablet.waiting() == 0
        assert [copy["op"] for copy in tablet.to_mend()] == [odd["op"]]
        assert tablet.to_mend()[0]["errors"] == {"type": ["Неизвестный вид записи."]}


def comes_home(tablet: Store, service: Service) -> None:
    report = sync(tablet, Server(service.url, tablet["token"], patience=Patience(tries=8)))
    assert report.trouble is None, report.trouble.say("en")


@contextmanager
def stores(folder: Path, number: int) -> Iterator[list[Store]]:
    """The files that a fleet has left behind."""
    with ExitStack() as stack:
        yield [stack.enter_context(Store(folder / f"tablet-{n}.db")) for n in range(1, number + 1)]


def screen(tablet: Store) -> dict[str, object]:
    """All that a tablet shows of its scope."""
    return {record.id: (record.fields, record.disputed) for type in SHOWN for record in view.every(tablet, type)}


def disputed(tablet: Store) -> list[view.View]:
    """The families that wait for a decision."""
    return [family for family in view.every(tablet, "family") if family.disputed]


def addresses(family: view.View) -> set[str]:
    """The candidates for a family's address."""
    return {candidate["value"] for candidate in family.disputed["address"]}
