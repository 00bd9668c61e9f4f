"""The register on both engines: projections, views, the queue, erasure, and a type that one new file brings."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

import schemas.records
from schemas import registry
from server import database, history, projections, seal
from server.db import reading, writing
from server.models import Attention, Op
from tests.support.world import Tablet, World

TOY = '''
"""A type that exists in this test alone."""

from schemas.base import RecordType
from schemas.fields import Date, Ref, SetOf, Str
from schemas.placement import WithParent


class Toy(RecordType):
    class Meta:
        name = "toy"
        title = ("Игрушка", "Toy")
        feed = WithParent("family")
        display = ("caption",)
        date_field = "given_on"

    family = Ref("family", merge="once", required=True, label=("Семья", "Family"))
    caption = Str(
        merge="guarded", required=True, indexed=True, sortable=True, label=("Название", "Caption"), example="Мяч"
    )
    given_on = Date(merge="latest", indexed=True, label=("Дата", "Date"))
    colours = SetOf(Str(example="красный"), label=("Цвета", "Colours"))
'''


def open_keys(world: World, state: str = "open") -> set[str]:
    with world.inside(), reading() as connection:
        return set(connection.scalars(select(Attention.key).where(Attention.state == state)))


def test_two_tablets_change_one_address_offline_then_the_office_decides(world: World, tablet: Tablet) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    other = world.tablet(name="Планшет 2")
    tablet.pull()
    other.pull()
    id, key = family["id"], f"disputed:{family['id']}:address"

    ours = tablet.op("family", id, set={"address": "ул. Мира, 2"})
    theirs = other.op("family", id, set={"address": "ул. Садовая, 3"}, by=world.colleague)
    assert tablet.sync(ours)["results"][0]["outcome"] == "applied"
    assert other.sync(theirs)["results"][0]["outcome"] == "conflict"
    tablet.pull()
    other.pull()
    assert tablet.records[id] == other.records[id]
    assert {candidate["value"] for candidate in tablet.records[id]["disputed"]["address"]} == {
        "ул. Мира, 2",
        "ул. Садовая, 3",
    }
    assert open_keys(world) == {key}

    seen = world.record(id).rev
    assert world.decide("family", id, base=seen, address="ул. Мира, 2").outcome == "applied"
    assert open_keys(world) == set()
    assert open_keys(world, "closed") == {key}
    for each in (tablet, other):
        each.pull()
        assert each.records[id]["fields"]["address"] == "ул. Мира, 2"
        assert "disputed" not in each.records[id]


def test_one_street_in_two_spellings_is_no_dispute(world: World, tablet: Tablet) -> None:
    family = tablet.family(address="улица Ленина, дом 5")
    tablet.sync(family)
    other = world.tablet(name="Планшет 2")
    tablet.pull()
    other.pull()
    tablet.sync(tablet.op("family", family["id"], set={"address": "ул. Ленина, д. 6"}))
    (result,) = other.sync(other.op("family", family["id"], set={"address": "улица Ленина,  дом 6"}))["results"]
    assert result["outcome"] == "applied"
    assert open_keys(world) == set()


def test_projection_and_view_hold_what_the_record_shows(world: World, tablet: Tablet) -> None:
    family = tablet.family(address="ул. Ёлочная, 7", income_per_head=8200.5, income_as_of="2026-10-01")
    tablet.sync(family)
    table = projections.table("family")
    with world.inside(), reading() as connection:
        row = connection.execute(select(table).where(table.c.record == family["id"])).one()
        assert (row.address, row.territory) == ("ул. Ёлочная, 7", world.here)
        view = connection.execute(text("SELECT address, income_per_head FROM view_family")).one()
        assert tuple(view) == ("ул. Ёлочная, 7", 8200.5)
        assert projections.are_current(connection)

    with world.inside(), writing() as connection:
        projections.drop(connection)
    with world.inside():
        database.prepare()
        with reading() as connection:
            assert connection.execute(select(table).where(table.c.record == family["id"])).one() == row


def test_erased_bodies_leave_the_chain_of_digests_whole(world: World, tablet: Tablet) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    with world.inside():
        assert seal.seal().ops > 0
        assert seal.erase([family["op"]]) == 1
        assert seal.verify() == []
        with reading() as connection:
            assert connection.scalar(select(Op.body).where(Op.op == family["op"])) is None
    assert tablet.sync(family)["results"][0] == {"op": family["op"], "outcome": "applied", "rev": 1}


def test_a_changed_or_removed_op_breaks_the_chain(world: World, tablet: Tablet) -> None:
    first, second = tablet.family(), tablet.family()
    tablet.sync(first, second)
    with world.inside():
        seal.seal()
        with writing() as connection:
            connection.execute(Op.__table__.delete().where(Op.op == first["op"]))
        (broken,) = seal.verify()
    assert (broken.block, broken.sealed - broken.present) == (1, 1)


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[None]:
    """One more file among the record types."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "toy.py").write_text(TOY)
    schemas.records.__path__.append(str(folder))
    importlib.invalidate_caches()
    registry.reload()
    yield
    schemas.records.__path__.remove(str(folder))
    sys.modules.pop("schemas.records.toy", None)
    registry.reload()


def test_one_new_file_is_validated_merged_stored_listed_and_pulled(world: World, tablet: Tablet, toy: None) -> None:
    with world.inside():
        assert database.prepare().records is not None
    family = tablet.family()
    good = tablet.op(
        "toy", set={"family": family["id"], "caption": "Мяч", "given_on": "2026-11-01"}, add={"colours": ["синий"]}
    )
    bad = tablet.op("toy", set={"family": family["id"], "caption": 5, "size": "L"})
    results = tablet.sync(family, good, bad)["results"]
    assert [result["outcome"] for result in results] == ["applied", "applied", "quarantined"]
    assert set(results[2]["errors"]) == {"caption", "size"}

    other = world.tablet(name="Планшет 2")
    other.pull()
    assert other.records[good["id"]]["fields"]["colours"] == ["синий"]
    tablet.pull()
    tablet.sync(tablet.op("toy", good["id"], set={"caption": "Мяч большой"}))
    (result,) = other.sync(other.op("toy", good["id"], set={"caption": "Кукла"}))["results"]
    assert result["outcome"] == "conflict"

    table = projections.table("toy")
    with world.inside(), reading() as connection:
        assert connection.scalar(select(table.c.given_on).where(table.c.record == good["id"])) == "2026-11-01"
        assert connection.scalar(text("SELECT count(*) FROM view_toy")) == 1
    described = tablet.http.get("/api/v1/schemas", headers=tablet.headers).get_json()
    assert described["types"]["toy"]["fields"]["caption"]["label"]["ru"] == "Название"


def test_the_story_names_who_wrote_what_and_the_last_agreed_value(world: World, tablet: Tablet) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    other = world.tablet(name="Планшет 2")
    tablet.pull()
    other.pull()
    id = family["id"]
    tablet.sync(tablet.op("family", id, set={"address": "ул. Мира, 2"}))
    other.sync(other.op("family", id, set={"address": "ул. Садовая, 3"}, by=world.colleague))
    with world.inside():
        story = history.story(id)
    assert story.agreed == {"address": "ул. Ленина, 1"}
    told = [(each.value, each.fate, each.writer.name, each.writer.device) for each in story.fields["address"]]
    assert told == [
        ("ул. Ленина, 1", "replaced", "Иванова Мария Петровна", "Планшет 1"),
        ("ул. Мира, 2", "candidate", "Иванова Мария Петровна", "Планшет 1"),
        ("ул. Садовая, 3", "shown", "Петрова Анна Ильинична", "Планшет 2"),
    ]
    assert story.fields["address"][1].writer.phone == "+79000000001"
