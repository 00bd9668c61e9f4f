"""Voids and signatures on both engines: what takes an op out of a record again, and what keeps one out."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from schemas.ids import new_id
from server import office, settle
from server.db import reading
from server.models import Attention
from tests.support.world import Tablet, World

SIGNED = "2026-11-02T12:00:00+04:00"


def open_kinds(world: World) -> list[str]:
    with world.inside(), reading() as connection:
        return sorted(connection.scalars(select(Attention.kind).where(Attention.state == "open")))


@pytest.fixture
def visit(tablet: Tablet) -> dict[str, Any]:
    """A visit that is in the register and on the tablet."""
    family = tablet.family()
    visit = tablet.op(
        "visit", set={"family": family["id"], "kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"}
    )
    tablet.sync(family, visit)
    tablet.pull()
    return visit


def test_an_odometer_of_999999_is_mended_by_voiding_the_op(world: World, tablet: Tablet) -> None:
    days = {"date_from": "2026-11-20", "date_to": "2026-11-22"}
    trip = tablet.op("trip", set={"team": world.team, "odometer_end": 20_150} | days)
    typo = tablet.op("trip", trip["id"], set={"odometer_end": 999_999, "purpose": "Обход"})
    tablet.sync(trip, typo)
    assert world.record(trip["id"]).fields["odometer_end"] == 999_999

    void = office.Change("trip", trip["id"], base=2, void=(typo["op"],), set={"purpose": "Обход сёл"})
    with world.inside():
        assert office.write(world.office, [void])[0].outcome == "applied"
    record = world.record(trip["id"])
    assert (record.fields["odometer_end"], record.fields["purpose"], record.rev) == (20_150, "Обход сёл", 3)
    tablet.pull()
    assert tablet.records[trip["id"]]["fields"]["odometer_end"] == 20_150


def test_an_op_that_was_voided_before_it_came_changes_nothing_when_it_comes(world: World, tablet: Tablet) -> None:
    family = tablet.family(household="Дом")
    tablet.sync(family)
    late = tablet.op("family", family["id"], set={"household": "Ошибка"})
    with world.inside():
        office.write(world.office, [office.Change("family", family["id"], base=1, void=(late["op"],))])
    assert tablet.sync(late)["results"][0]["outcome"] == "applied"
    assert world.record(family["id"]).fields["household"] == "Дом"


def test_only_the_office_voids(tablet: Tablet) -> None:
    family = tablet.family()
    tablet.sync(family)
    (result,) = tablet.sync(tablet.op("family", family["id"], void=[family["op"]]))["results"]
    assert (result["outcome"], list(result["errors"])) == ("quarantined", ["void"])


def test_an_edit_of_a_signed_visit_is_a_proposal_and_open_again_once_it_was_returned(
    world: World, tablet: Tablet, visit: dict[str, Any]
) -> None:
    tablet.sync(tablet.op("visit", visit["id"], set={"signed_at": SIGNED}))
    tablet.pull()
    edit = tablet.op("visit", visit["id"], set={"purpose": "Уточнено"})
    assert tablet.sync(edit)["results"][0]["outcome"] == "stored"
    assert open_kinds(world) == ["proposal"]
    assert "purpose" not in world.record(visit["id"]).fields

    step = {"review_state": {"from": None, "to": "returned"}, "review_remark": "Укажите цель"}
    assert world.decide("visit", visit["id"], base=2, **step).outcome == "applied"
    tablet.pull()
    again = tablet.op("visit", visit["id"], set={"purpose": "Помощь с документами"})
    assert tablet.sync(again)["results"][0]["outcome"] == "applied"
    assert world.record(visit["id"]).fields["purpose"] == "Помощь с документами"

    with world.inside():
        settle.reject(edit["op"], "Уже исправлено", "Смирнова О. И.")
    assert open_kinds(world) == []


def test_a_proposal_that_the_office_takes_over_stays_when_the_record_is_merged_anew(
    world: World, tablet: Tablet, visit: dict[str, Any]
) -> None:
    tablet.sync(tablet.op("visit", visit["id"], set={"signed_at": SIGNED}))
    tablet.pull()
    edit = tablet.op("visit", visit["id"], set={"purpose": "Уточнено"})
    tablet.sync(edit)
    with world.inside():
        assert settle.release(edit["op"], "Смирнова О. И.").outcome == "applied"
        assert world.record(visit["id"]).fields["purpose"] == "Уточнено"
        office.write(world.office, [office.Change("visit", visit["id"], base=3, void=("0" * 8 + visit["op"][8:],))])
    assert world.record(visit["id"]).fields["purpose"] == "Уточнено"


def test_an_edit_that_had_not_seen_the_signature_is_merged_and_flagged(
    world: World, tablet: Tablet, visit: dict[str, Any]
) -> None:
    other = world.tablet(name="Планшет 2")
    other.pull()
    tablet.sync(tablet.op("visit", visit["id"], set={"signed_at": SIGNED}))
    other.sync(other.op("visit", visit["id"], set={"purpose": "С другого планшета"}, by=world.colleague))
    assert world.record(visit["id"]).fields["purpose"] == "С другого планшета"
    assert open_kinds(world) == ["signed"]

    world.decide("visit", visit["id"], base=3, purpose="С другого планшета")
    assert open_kinds(world) == []


def test_a_signature_that_arrives_after_what_had_seen_it_puts_that_back_to_the_office(
    world: World, tablet: Tablet, visit: dict[str, Any]
) -> None:
    signature = tablet.op("visit", visit["id"], set={"signed_at": SIGNED})
    edit = tablet.op("visit", visit["id"], set={"purpose": "После подписи"})
    assert tablet.sync(edit)["results"][0]["outcome"] == "applied"
    tablet.sync(signature)
    assert open_kinds(world) == ["proposal"]
    fields = world.record(visit["id"]).fields
    assert "purpose" not in fields
    assert fields["signed_at"]


def test_voiding_a_signature_lets_in_what_it_had_held_back(world: World, tablet: Tablet, visit: dict[str, Any]) -> None:
    signature = tablet.op("visit", visit["id"], set={"signed_at": SIGNED})
    tablet.sync(signature)
    tablet.pull()
    edit = tablet.op("visit", visit["id"], set={"purpose": "Уточнено"})
    assert tablet.sync(edit)["results"][0]["outcome"] == "stored"

    with world.inside():
        office.write(world.office, [office.Change("visit", visit["id"], base=2, void=(signature["op"],))])
    record = world.record(visit["id"])
    assert (record.fields["purpose"], "signed_at" in record.fields, record.rev) == ("Уточнено", False, 4)
    assert open_kinds(world) == []
    assert tablet.sync(edit)["results"][0] == {"op": edit["op"], "outcome": "applied", "rev": 4}
    tablet.pull()
    assert tablet.records[visit["id"]]["fields"]["purpose"] == "Уточнено"


def test_a_signature_that_turns_out_a_proposal_itself_holds_nothing_back(
    world: World, tablet: Tablet, visit: dict[str, Any]
) -> None:
    other = world.tablet(name="Планшет 2")
    first = tablet.op("visit", visit["id"], set={"signed_at": SIGNED})
    second = tablet.op("visit", visit["id"], set={"signed_at": SIGNED.replace("T12", "T13")})
    tablet.sync(second)
    other.pull()
    edit = other.op("visit", visit["id"], set={"purpose": "Уточнено"}, by=world.colleague)
    assert other.sync(edit)["results"][0]["outcome"] == "stored"

    tablet.sync(first)
    fields = world.record(visit["id"]).fields
    assert (fields["purpose"], fields["signed_at"]) == ("Уточнено", first["set"]["signed_at"])
    assert open_kinds(world) == ["proposal", "signed"]


def test_a_value_that_its_list_has_lost_stays_when_the_record_is_merged_again(world: World, tablet: Tablet) -> None:
    code = {"list": "visit_kinds", "value": "patronage", "label_ru": "Патронаж"}
    entry = office.Change("code", new_id(), set=code)
    with world.inside():
        office.write(world.office, [entry])
    family = tablet.family()
    visit = tablet.op("visit", set={"family": family["id"], "kind": "patronage"})
    typo = tablet.op("visit", str(visit["id"]), set={"purpose": "Обхдо"})
    tablet.sync(family, visit, typo)
    with world.inside():
        office.write(world.office, [office.Change("code", entry.id, base=1, delete=True)])
    with world.inside():
        office.write(world.office, [office.Change("visit", visit["id"], base=2, void=(typo["op"],))])
    assert world.record(visit["id"]).fields == {"family": family["id"], "kind": "patronage"}
