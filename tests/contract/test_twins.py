"""One op from two devices: a tablet's file was copied and both copies enrolled anew before they had handed it in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from server import database, inbox, intake
from server.db import is_sqlite, reading
from server.models import Op
from tests.support.world import Tablet, World


def states(world: World, op: dict[str, Any]) -> list[str]:
    with world.inside(), reading() as connection:
        return list(connection.scalars(select(Op.state).where(Op.op == op["op"]).order_by(Op.n)))


def test_an_op_that_two_devices_hand_in_counts_once_and_both_are_told_so(world: World, tablet: Tablet) -> None:
    twin = world.tablet(name="Копия")
    op = tablet.family() | {"add": {"directions": ["За мостом налево."]}}
    first = tablet.sync(op)["results"]
    assert twin.sync(op)["results"] == first
    assert twin.sync(op)["results"] == first
    assert states(world, op) == ["applied", "late"]
    record = world.record(op["id"])
    assert (record.rev, len(record.fields["directions"])) == (1, 1)


def test_what_was_quarantined_for_one_is_quarantined_for_the_other(world: World, tablet: Tablet) -> None:
    twin = world.tablet(name="Копия")
    op = tablet.family(income_per_head="много")
    first = tablet.sync(op)["results"]
    assert twin.sync(op)["results"] == first
    assert states(world, op) == ["quarantined", "late"]


def test_another_op_under_the_same_id_is_still_refused(world: World, tablet: Tablet) -> None:
    op = tablet.family(address="ул. Ленина, 1")
    tablet.sync(op)
    forged = op | {"set": op["set"] | {"address": "ул. Мира, 2"}}
    (result,) = world.tablet(name="Копия").sync(forged)["results"]
    assert (result["outcome"], list(result["errors"])) == ("quarantined", ["op"])


@pytest.mark.parametrize("forged", [False, True])
def test_it_is_recognised_also_when_it_was_stored_and_only_processed_at_the_next_start(
    world: World, tablet: Tablet, forged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = world.tablet(name="Копия")
    op = tablet.family(address="ул. Ленина, 1")
    tablet.sync(op)
    again = op | ({"set": op["set"] | {"address": "ул. Мира, 2"}} if forged else {})

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(intake, "process", dies)
        with pytest.raises(KeyboardInterrupt):
            twin.sync(again)
    with world.inside():
        assert database.prepare().replayed == 1
    assert states(world, op) == ["applied", "quarantined" if forged else "late"]
    assert world.record(op["id"]).fields["address"] == "ул. Ленина, 1"


def test_an_op_that_two_devices_hand_in_at_the_same_moment_counts_once(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is stored and processed while the first was numbered and is not committed. On SQLite writers take
    turns."""
    twin = world.tablet(name="Копия")
    op = tablet.family() | {"add": {"directions": ["За мостом налево."]}}
    number, numbered, processed = inbox._insert, Event(), Event()

    def number_and_wait(connection: Any, entries: Any, author: Any, *how: Any) -> None:
        number(connection, entries, author, *how)
        if author.device == tablet.device and not is_sqlite(connection):
            numbered.set()
            processed.wait(2)

    monkeypatch.setattr(inbox, "_insert", number_and_wait)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(tablet.sync, op)
        numbered.wait(1)
        second = twin.sync(op)["results"]
        processed.set()
        assert first.result()["results"] == second
    assert sorted(states(world, op)) == ["applied", "late"]
    assert [each.sync(op)["results"] for each in (tablet, twin)] == [second] * 2
    record = world.record(op["id"])
    assert (record.rev, len(record.fields["directions"])) == (1, 1)
