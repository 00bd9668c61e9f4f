"""Rules across records on both engines: what people are told, and when it closes by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from schemas.ids import new_id
from server import office
from server.db import reading
from server.models import Attention
from tests.support.world import Tablet, World

SNILS = "112-233-445 95"


def entries(world: World, state: str = "open") -> dict[str, str | None]:
    """Open entries: kind → district."""
    with world.inside(), reading() as connection:
        rows = connection.execute(select(Attention).where(Attention.state == state))
        return {row.kind: row.district for row in rows}


def person(tablet: Tablet, feed: str, **values: str) -> dict[str, object]:
    return tablet.op("person", feed=feed, set={"surname": "Белова", "given": "Алёна", "sex": "female"} | values)


def test_two_persons_with_one_snils_open_an_entry_that_closes_when_one_is_mended(world: World, tablet: Tablet) -> None:
    first, second = person(tablet, world.here, snils=SNILS), person(tablet, world.there, snils="11223344595")
    assert [result["outcome"] for result in tablet.sync(first, second)["results"]] == ["applied", "applied"]
    assert entries(world) == {"same": world.district}
    with world.inside(), reading() as connection:
        key = connection.scalar(select(Attention.key))
    assert "11223344595" not in str(key)

    tablet.pull()
    tablet.sync(tablet.op("person", str(second["id"]), set={"snils": "087-654-303 00"}))
    assert entries(world) == {}
    tablet.pull()
    tablet.sync(tablet.op("person", str(second["id"]), set={"snils": SNILS}))
    assert entries(world) == {"same": world.district}
    tablet.pull()
    tablet.sync(tablet.op("person", str(first["id"]), delete=True))
    assert entries(world) == {}


def test_many_values_that_stand_once_again_are_closed_by_one_batch(world: World) -> None:
    told = [
        {"surname": "Белова", "given": "Алёна", "sex": "female", "snils": f"00100100{number}00"} for number in range(3)
    ]
    ids = [new_id() for _ in told * 2]
    with world.inside():
        made = [office.Change("person", id, feed=world.here, set=each) for id, each in zip(ids, told * 2, strict=True)]
        assert {result.outcome for result in office.write(world.office, made)} == {"applied"}
        assert len(keys(world, "open")) == 3
        office.write(world.office, [office.Change("person", id, base=1, set={"snils": None}) for id in ids[:3]])
    assert not keys(world, "open")
    assert len(keys(world, "closed")) == 3


def keys(world: World, state: str) -> list[str]:
    with world.inside(), reading() as connection:
        return list(connection.scalars(select(Attention.key).where(Attention.state == state)))


def test_two_feeds_that_write_one_snils_at_the_same_moment_always_open_the_entry(world: World) -> None:
    one, other = world.tablet(), world.tablet(world.other_team, name="Планшет 2")
    for _ in range(5):
        barrier = Barrier(2)

        def write(tablet: Tablet, feed: str, barrier: Barrier = barrier) -> str:
            op = person(tablet, feed, snils=SNILS)
            barrier.wait()
            tablet.sync(op)
            return str(op["id"])

        with ThreadPoolExecutor(2) as pool:
            ids = [*pool.map(write, (one, other), (world.here, world.elsewhere))]
        assert list(entries(world)) == ["same"]
        with world.inside():
            office.write(world.office, [office.Change("person", id, base=1, delete=True) for id in ids])
        assert entries(world) == {}


def test_nothing_cascades_the_children_of_a_deleted_family_stay_and_people_are_told(
    world: World, tablet: Tablet
) -> None:
    family = tablet.family()
    visit = tablet.op(
        "visit", set={"family": family["id"], "kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"}
    )
    tablet.sync(family, visit)
    with world.inside():
        office.write(world.office, [office.Change("family", family["id"], base=1, delete=True)])
    assert entries(world) == {"orphan": world.district}
    assert world.record(visit["id"]).deleted is False

    with world.inside():
        office.write(world.office, [office.Change("family", family["id"], base=2, delete=False)])
    assert entries(world) == {}


def test_what_goes_from_a_deleted_family_to_a_living_one_is_no_orphan(world: World, tablet: Tablet) -> None:
    family, other = tablet.family(), tablet.family()
    values = {"family": family["id"], "kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"}
    visit = tablet.op("visit", set=values)
    tablet.sync(family, other, visit)
    with world.inside():
        office.write(world.office, [office.Change("family", family["id"], base=1, delete=True)])
        assert entries(world) == {"orphan": world.district}
        office.write(world.office, [office.Change("visit", visit["id"], base=1, set={"family": other["id"]})])
    assert entries(world) == {}
