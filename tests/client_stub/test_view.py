"""What is on screen: the server's record with the tablet's own unsent ops laid over it."""

from __future__ import annotations

from typing import Any

import pytest

from client_stub import edits, view
from client_stub.view import lay_over
from schemas import registry
from schemas.ids import new_id
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import Tablet, family

SIGNED = {"op": "o", "at": "0" * 16, "by": "w"}


def entry(value: str, i: int = 0) -> dict[str, Any]:
    return {"op": "o", "i": i, "at": "0" * 16, "by": "w", "value": value}


@pytest.mark.parametrize(
    ("type", "fields", "op", "shown"),
    [
        ("family", {"address": "а"}, {"set": {"address": "б"}}, {"address": "б"}),
        ("family", {"address": "а"}, {"set": {"address": None}}, {}),
        ("visit", {}, {"set": {"result": {"from": None, "to": "held"}}}, {"result": "held"}),
        ("visit", {"needs": ["food"]}, {"add": {"needs": ["food", "work"]}}, {"needs": ["food", "work"]}),
        ("visit", {"needs": ["food", "work"]}, {"remove": {"needs": ["food"]}}, {"needs": ["work"]}),
        ("visit", {"notes": [entry("раз")]}, {"add": {"notes": ["два"]}}, {"notes": [entry("раз"), entry("два")]}),
        ("visit", {}, {"add": {"notes": ["раз", "два"]}}, {"notes": [entry("раз"), entry("два", 1)]}),
        ("event", {}, {"inc": {"attended": 3}}, {"attended": 3}),
        ("event", {"attended": 4}, {"inc": {"attended": -1}}, {"attended": 3}),
        ("visit", {}, {}, {}),
    ],
)
def test_an_op_is_laid_over_a_record(type: str, fields: Any, op: Any, shown: Any) -> None:
    rules = registry.rules(type) if registry.get(type) else {}
    before = repr(fields)
    assert lay_over(fields, [SIGNED | op], rules) == shown
    assert repr(fields) == before, "the server's copy stays as it is"


def test_ops_are_laid_over_in_the_order_they_were_written(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    for address in ("ул. Мира, д. 1", "ул. Мира, д. 2", "ул. Мира, д. 3"):
        tablet.corrects(home, address=address)

    assert tablet.sees(home)["address"] == "ул. Мира, д. 3"
    assert tablet.sees(home)["number"] == "17/2026"


def test_a_new_record_is_on_screen_before_any_server_has_heard_of_it(fake: FakeServer, tablet: Tablet) -> None:
    visit = tablet.visits(family(fake), "заметка")

    shown = view.look(tablet.store, visit)

    assert shown
    assert (shown.rev, shown.unsent) == (0, 1)
    assert shown.fields["notes"][0]["value"] == "заметка"
    assert [each.id for each in view.every(tablet.store, "visit")] == [visit]


def test_a_deleted_record_leaves_the_lists_and_an_undelete_brings_it_back(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    opened = view.look(tablet.store, home)
    edits.write(tablet.store, "family", home, {"delete": True}, opened)

    deleted = view.look(tablet.store, home)
    assert deleted
    assert deleted.deleted
    assert view.every(tablet.store, "family") == []

    edits.write(tablet.store, "family", home, {"delete": False}, opened)
    assert [each.id for each in view.every(tablet.store, "family")] == [home]


def test_what_a_newer_server_knows_is_shown_as_it_came(fake: FakeServer, tablet: Tablet) -> None:
    novelty = fake.office_writes("novelty", {"name": "Новое"})
    tablet.comes_home()
    assert tablet.sees(novelty) == {"name": "Новое"}


def test_a_tablet_knows_nothing_of_other_records(tablet: Tablet) -> None:
    assert view.look(tablet.store, new_id()) is None
