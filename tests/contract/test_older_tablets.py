"""Tablets that come home with an older schema: their ops are brought forward, what they pull is brought back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from schemas import registry, versions
from server import database
from server.db import writing
from server.models import Setting
from tests.support.world import Tablet, World

OLD = {"schema": 1}


def trip(tablet: Tablet, schema: int, **values: Any) -> dict[str, Any]:
    days = {"date_from": "2026-11-20", "date_to": "2026-11-22"}
    return tablet.op("trip", set={"team": tablet.world.team} | days | values, schema=schema)


def fields(tablet: Tablet, op: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = tablet.records[op["id"]]["fields"]
    return shown


def test_an_op_of_the_first_schema_is_brought_forward_and_kept_as_it_came(world: World, tablet: Tablet) -> None:
    old = trip(tablet, 1, vehicle="УАЗ 374195, а123вс 30")
    assert tablet.sync(old)["results"][0]["outcome"] == "applied"
    tablet.pull()
    assert (fields(tablet, old)["vehicle"], fields(tablet, old)["plate"]) == ("УАЗ 374195", "А123ВС30")


def test_an_older_tablet_pulls_in_its_own_schema_and_both_agree_on_the_record(world: World, tablet: Tablet) -> None:
    new = trip(tablet, registry.VERSION, vehicle="УАЗ 374195", plate="А123ВС30")
    tablet.sync(new)
    old = world.tablet(name="Планшет 2")
    while old.sync(status=OLD)["more"]:
        pass
    assert fields(old, new)["vehicle"] == "УАЗ 374195, А123ВС30"
    assert "plate" not in fields(old, new)
    tablet.pull()
    assert tablet.records[new["id"]]["rev"] == old.records[new["id"]]["rev"]


def test_a_tablet_that_was_updated_gets_its_scope_again_in_the_new_schema(world: World, tablet: Tablet) -> None:
    new = trip(tablet, registry.VERSION, vehicle="УАЗ 374195", plate="А123ВС30")
    tablet.sync(new)
    old = world.tablet(name="Планшет 2")
    old.sync(status=OLD)
    assert old.sync(status=OLD)["changes"] == []
    updated = old.sync(status={"schema": registry.VERSION})
    assert new["id"] in {change["id"] for change in updated["changes"]}
    assert fields(old, new)["plate"] == "А123ВС30"
    assert old.gone == []


def test_what_left_while_a_tablet_was_updated_is_gone_and_nothing_that_it_never_had(
    world: World, tablet: Tablet
) -> None:
    earlier, family = tablet.family(), tablet.family()
    tablet.sync(earlier, family)
    world.decide("family", earlier["id"], base=1, territory=world.elsewhere)
    old = world.tablet(name="Планшет 2")
    while old.sync(status=OLD)["more"]:
        pass
    world.decide("family", family["id"], base=1, territory=world.elsewhere)
    while old.sync(status={"schema": registry.VERSION}, limit=2)["more"]:
        pass
    assert old.gone == [family["id"]]


def test_the_rest_of_a_scope_comes_in_the_schema_of_its_first_page(world: World, tablet: Tablet) -> None:
    new = trip(tablet, registry.VERSION, vehicle="УАЗ 374195", plate="А123ВС30")
    tablet.sync(new)
    old = world.tablet(name="Планшет 2")
    said = old.sync(status=OLD, limit=1)
    lines = old.http.get(f"/api/v1/changes?cursor={said['cursor']}", headers=old.headers).text
    assert "УАЗ 374195, А123ВС30" in lines


def test_a_schema_before_the_last_three_may_push_and_not_read(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "KEPT", 1)
    op = trip(tablet, 1, vehicle="УАЗ")
    body = {"ops": [op], "status": OLD}
    said = tablet.http.post("/api/v1/sync", json=body, headers=tablet.headers).get_json()
    assert said["outdated"] is True
    assert said["changes"] == []
    assert said["results"][0]["outcome"] == "applied"


def test_an_op_of_a_schema_that_the_server_does_not_know_yet_waits_in_quarantine(tablet: Tablet) -> None:
    (result,) = tablet.sync(trip(tablet, registry.VERSION + 1))["results"]
    assert result["outcome"] == "quarantined"
    assert list(result["errors"]) == ["schema"]


def test_records_merged_under_an_older_schema_are_merged_again_when_the_server_is_updated(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = trip(tablet, 1, vehicle="УАЗ 374195, А123ВС30")
    with monkeypatch.context() as before_the_update:
        before_the_update.setattr(versions, "forward", lambda _type, op, _written: op)
        tablet.sync(old)
    with world.inside(), writing() as connection:
        connection.execute(update(Setting).where(Setting.key == "schema").values(value="1"))
    assert "plate" not in world.record(old["id"]).fields

    with world.inside():
        database.prepare()
    record = world.record(old["id"])
    assert (record.fields["vehicle"], record.fields["plate"], record.rev) == ("УАЗ 374195", "А123ВС30", 1)


def test_a_tablet_of_the_second_schema_gets_neither_newer_types_nor_newer_fields(world: World, tablet: Tablet) -> None:
    family = tablet.family(address="с Басы, ул. Мира, 4", taken_on="2026-11-02")
    kept = tablet.op("category", set={"family": family["id"], "code": "hardship", "date_from": "2026-11-02"})
    tablet.sync(family, kept)
    old = world.tablet(name="Планшет 2")
    while old.sync(status={"schema": 2})["more"]:
        pass
    assert kept["id"] not in old.records
    assert (fields(old, family).get("address"), fields(old, family).get("taken_on")) == ("с Басы, ул. Мира, 4", None)
    tablet.pull()
    assert fields(tablet, family)["taken_on"] == "2026-11-02"
