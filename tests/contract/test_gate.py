"""What the gate promises, on both engines: stored before processed, once and only once, nothing lost between
writers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from schemas.ids import new_id
from server import authors, database, intake, office, register, scope
from server.db import is_sqlite, reading
from server.models import Op
from server.office import Change
from tests.support.world import Tablet, World

THREADS, ROUNDS = 8, 12


def states(world: World) -> dict[str, int]:
    query = select(Op.state, func.count().label("count")).group_by(Op.state)
    with world.inside(), reading() as connection:
        return {row.state: row.count for row in connection.execute(query)}


def test_an_op_that_could_not_be_processed_is_kept_and_processed_at_the_next_start(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise KeyboardInterrupt  # the process dies between the two transactions

    op = tablet.family(address="ул. Ленина, 1")
    with monkeypatch.context() as patch:
        patch.setattr(intake, "process", broken)
        with pytest.raises(KeyboardInterrupt):
            tablet.sync(op)
    assert states(world)["received"] == 1
    assert world.record(op["id"]) is None

    with world.inside():
        assert database.prepare().replayed == 1
    assert world.record(op["id"]).fields["address"] == "ул. Ленина, 1"
    assert tablet.sync(op)["results"] == [{"op": op["op"], "outcome": "applied", "rev": 1}]


def test_a_batch_whose_answer_was_lost_is_sent_again_and_counts_once(world: World, tablet: Tablet) -> None:
    ops = [tablet.family(), tablet.family()]
    first = tablet.sync(*ops)["results"]
    again = tablet.sync(*reversed(ops))["results"]

    assert again == list(reversed(first))
    assert world.record(ops[0]["id"]).rev == 1


def test_an_op_id_with_other_content_is_quarantined_and_the_first_one_stands(world: World, tablet: Tablet) -> None:
    op = tablet.family(address="ул. Ленина, 1")
    tablet.sync(op)
    forged = op | {"set": op["set"] | {"address": "ул. Мира, 2"}}

    (result,) = tablet.sync(forged)["results"]
    assert result["outcome"] == "quarantined"
    assert list(result["errors"]) == ["op"]
    assert world.record(op["id"]).fields["address"] == "ул. Ленина, 1"


def test_one_op_twice_in_one_batch_is_one_op(world: World, tablet: Tablet) -> None:
    op = tablet.family()
    first, second = tablet.sync(op, op)["results"]
    assert first == second
    assert world.record(op["id"]).rev == 1


def test_eight_threads_read_modify_write_one_record_and_nothing_is_lost(world: World, tablet: Tablet) -> None:
    """Each thread reads the record and writes what it read plus its own mark: no mark may vanish, no write go
    unnoticed."""
    family = tablet.family()
    tablet.sync(family)
    with world.inside():
        writers = [authors.office(new_id(), f"Писатель {number}") for number in range(THREADS)]

    def work(number: int) -> list[Any]:
        results = []
        for turn in range(ROUNDS):
            with world.app.app_context():
                seen = register.fetch([family["id"]])[family["id"]]
                marks = {"household": f"{number}:{turn}"}
                change = Change(
                    "family", family["id"], set=marks, add={"directions": [f"{number}:{turn}"]}, base=seen.rev
                )
                results += office.write(writers[number], [change])
        return results

    with ThreadPoolExecutor(THREADS) as pool:
        results = [result for part in pool.map(work, range(THREADS)) for result in part]

    assert {result.outcome for result in results} == {"applied"}
    assert sorted(result.rev for result in results) == list(range(2, THREADS * ROUNDS + 2))
    record = world.record(family["id"])
    assert record.rev == THREADS * ROUNDS + 1
    written = {f"{number}:{turn}" for number in range(THREADS) for turn in range(ROUNDS)}
    assert {entry["value"] for entry in record.fields["directions"]} == written
    assert record.fields["household"] in {f"{number}:{ROUNDS - 1}" for number in range(THREADS)}


def test_a_failure_in_one_op_quarantines_it_with_an_error_id_and_spares_its_neighbours(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = tablet.family(), tablet.family()
    merge = intake.Register.merge

    def sometimes(self: Any, op: Any, type_name: str) -> Any:
        if op.op == bad["op"]:
            raise ZeroDivisionError("a defect of ours")
        return merge(self, op, type_name)

    monkeypatch.setattr(intake.Register, "merge", sometimes)
    first, second = tablet.sync(good, bad)["results"]
    assert first["outcome"] == "applied"
    assert second["outcome"] == "quarantined"
    assert world.record(bad["id"]) is None


def test_what_came_is_kept_byte_by_byte(world: World, tablet: Tablet) -> None:
    op = tablet.family(address="ул. Ёлочная,  7")
    raw = orjson.dumps(op, option=orjson.OPT_INDENT_2)
    body = b'{"cursor": null, "ops": [' + raw + b"]}"
    answer = tablet.http.post("/api/v1/sync", data=body, headers=tablet.headers)
    assert answer.get_json()["results"][0]["outcome"] == "applied"
    with world.inside(), reading() as connection:
        assert connection.scalar(select(Op.body).where(Op.op == op["op"])) == raw


def test_a_base_beyond_all_revs_of_another_epoch_spares_the_batch(world: World, tablet: Tablet) -> None:
    family = tablet.family()
    tablet.sync(family)
    op = tablet.op("family", family["id"], set={"household": "Печь"}, epoch="0" * 8, base=2**53 - 1)
    assert [result["outcome"] for result in tablet.sync(op, tablet.family())["results"]] == ["applied"] * 2


def test_an_op_goes_on_though_its_family_came_while_it_was_decided_that_it_waits(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who brings the family asks for waiting ops before this one is seen to wait. On SQLite writers take turns."""
    other = world.tablet(name="Планшет 2")
    family = tablet.family()
    begun = {"family": family["id"], "kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"}
    visit = other.op("visit", set=begun, by=world.colleague)
    looked, brought, outside = Event(), Event(), scope.outside

    def look_and_wait(author: Any, entry: Any, register: Any) -> Any:
        found = outside(author, entry, register)
        if entry.id == visit["op"] and not looked.is_set():
            looked.set()
            brought.wait(0 if is_sqlite(register.connection) else 10)
        return found

    monkeypatch.setattr(scope, "outside", look_and_wait)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other.sync, visit)
        assert looked.wait(10)
        assert tablet.sync(family)["results"][0]["outcome"] == "applied"
        brought.set()
        assert waiting.result()["results"][0]["outcome"] == "stored"
    assert other.sync(visit)["results"][0]["outcome"] == "applied"
    assert world.record(visit["id"]).rev == 1
