"""Writing it right: what the server could not take as it was, and fields that are in dispute."""

from __future__ import annotations

from typing import Any

import pytest

from client_stub import edits, mending, view
from client_stub.edits import Unfit
from client_stub.problems import Trouble
from schemas.ids import new_id
from schemas.wire import read_op
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import Tablet, family

GOOD = {"surname": "Белова", "given": "Алёна", "sex": "female", "birth_date": "2014-05-03", "snils": "112-233-445 95"}
ERRORS = {"given": ["Не по документу."], "phones.0": ["Такого номера телефона не бывает."]}


@pytest.fixture
def wrong(fake: FakeServer, tablet: Tablet) -> dict[str, Any]:
    """An op on a person that was quarantined."""
    home = family(fake)
    tablet.comes_home()
    change = {"set": GOOD, "add": {"phones": ["+79000000001"], "former_names": ["Белая"]}}
    op = edits.write(tablet.store, "person", new_id(), change, feed=fake.records[home]["feeds"][0])
    fake.judge = lambda op: {"outcome": "quarantined", "errors": ERRORS}
    tablet.comes_home()
    return op


def test_a_mend_is_the_op_again_with_one_field_put_right(
    fake: FakeServer, tablet: Tablet, wrong: dict[str, Any]
) -> None:
    mended = mending.mend(tablet.store, mending.find(tablet.store, wrong["op"][-6:]), {"given": "Алена"})

    head, errors = read_op(mended)
    assert head
    assert errors == {}
    assert (head.mends, head.id, head.base, head.epoch) == (wrong["op"], wrong["id"], wrong["base"], wrong["epoch"])
    assert (head.op != wrong["op"], head.seq > wrong["seq"], mended["at"] > wrong["at"]) == (True, True, True)
    assert (mended["set"], mended["add"]) == (wrong["set"] | {"given": "Алена"}, wrong["add"])
    assert tablet.store.to_mend() == [], "it waits in the outbox now"


def test_once_a_mend_is_in_the_register_the_copy_is_closed(
    fake: FakeServer, tablet: Tablet, wrong: dict[str, Any]
) -> None:
    mending.mend(tablet.store, tablet.store.to_mend()[0], {"given": "Алена"})
    fake.judge = lambda op: {"outcome": "applied"}

    report = tablet.comes_home()

    assert report.settled == [{"settled": wrong["op"], "outcome": "applied"}]
    (copy,) = tablet.store.db.table("mend").rows
    assert (copy["settled"], copy["body"]) == ("applied", None)
    assert tablet.sees(wrong["id"])["given"] == "Алена"
    assert tablet.comes_home().settled == []


def test_a_mend_that_is_refused_too_takes_the_place_of_what_it_was_to_mend(
    fake: FakeServer, tablet: Tablet, wrong: dict[str, Any]
) -> None:
    mending.mend(tablet.store, tablet.store.to_mend()[0], {"given": "Лена"})
    fake.judge = lambda op: {"outcome": "quarantined", "errors": {"given": ["Опять не так."]}}
    tablet.comes_home()

    (copy,) = tablet.store.to_mend()

    assert (copy["op"], copy["errors"]) == (wrong["op"], {"given": ["Опять не так."]})
    assert copy["body"]["set"]["given"] == "Лена"
    assert mending.mend(tablet.store, copy, {"given": "Алена"})["mends"] == wrong["op"]


def test_fields_are_dropped_and_lists_replaced_as_a_person_types_them(tablet: Tablet, wrong: dict[str, Any]) -> None:
    (copy,) = tablet.store.to_mend()
    names = [mending.field_of(copy, text, "ru") for text in ("Телефоны", "пол", "Прежние")]
    assert names == ["phones", "sex", "former_names"]
    values = {
        "phones": mending.value_of(copy, "phones", ["8 900 000-00-02", "89000000003"], "ru"),
        "sex": mending.value_of(copy, "sex", ["Жен"], "ru"),
    }

    mended = mending.mend(tablet.store, copy, values, ["former_names"])

    assert mended["add"] == {"phones": ["8 900 000-00-02", "89000000003"]}
    assert mended["set"]["sex"] == "female"


@pytest.mark.parametrize(
    ("type", "name", "texts", "value"),
    [
        ("family", "income_per_head", ["7 500"], "7 500"),
        ("family", "income_per_head", ["7500,5"], 7500.5),
        ("visit", "planned", ["да"], True),
        ("visit", "result", ["Состоялось"], {"from": None, "to": "held"}),
        ("visit", "needs", ["жильё", "work"], ["housing", "work"]),
        ("visit", "gps", ['{"lat": 46.3, "lon": 48.0}'], [{"lat": 46.3, "lon": 48.0}]),
        ("visit", "purpose", ["раз", "два"], "два"),
        ("novelty", "name", ["новое"], "новое"),
    ],
)
def test_what_is_typed_becomes_a_value_of_the_field(type: str, name: str, texts: list[str], value: Any) -> None:
    copy = {"type": type, "body": {"set": {}}}
    assert mending.value_of(copy, name, texts, "ru") == value


def test_what_is_still_wrong_is_told_at_once_and_nothing_is_written(tablet: Tablet, wrong: dict[str, Any]) -> None:
    (copy,) = tablet.store.to_mend()
    with pytest.raises(Unfit) as unfit:
        mending.mend(tablet.store, copy, {"snils": "112-233-445 96"})
    assert "Контрольное число СНИЛС не сходится." in unfit.value.say("ru")
    assert (tablet.outbox(), tablet.store.to_mend()) == ([], [copy])


def test_an_edit_or_a_field_that_is_not_there_is_told(tablet: Tablet, wrong: dict[str, Any]) -> None:
    with pytest.raises(Trouble, match="no_such_copy"):
        mending.find(tablet.store, "ffffff")
    with pytest.raises(Trouble) as refused:
        mending.field_of(tablet.store.to_mend()[0], "рост", "ru")
    assert "СНИЛС" in refused.value.say("ru")


def test_an_edit_of_a_disputed_field_names_the_candidates_that_were_on_screen_and_stands_alone(
    fake: FakeServer, tablet: Tablet
) -> None:
    home = family(fake)
    candidates = [{"op": new_id(), "at": "0" * 16, "by": None, "value": value} for value in ("ул. Мира", "ул. Ленина")]
    fake.records[home]["disputed"] = {"address": candidates}
    tablet.comes_home()
    opened = view.look(tablet.store, home)
    assert opened
    change = {"set": {"address": "ул. Мира, д. 3", "household": "козы"}, "add": {"phones": ["+79000000001"]}}

    plain, decided = edits.save(tablet.store, "family", home, change, opened)

    assert (plain["set"], plain["add"], "over" in plain) == ({"household": "козы"}, change["add"], False)
    assert decided["set"] == {"address": "ул. Мира, д. 3"}
    assert decided["over"] == [candidate["op"] for candidate in candidates]
    assert "add" not in decided
    assert tablet.comes_home().waiting == 0


def test_an_edit_of_which_a_part_is_unfit_is_not_written_at_all(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    fake.records[home]["disputed"] = {"address": [{"op": new_id(), "at": "0" * 16, "by": None, "value": "?"}]}
    tablet.comes_home()
    opened = view.look(tablet.store, home)
    assert opened
    with pytest.raises(Unfit):
        edits.save(tablet.store, "family", home, {"set": {"household": "козы", "address": 5}}, opened)
    assert tablet.outbox() == []
