"""Feeds on both engines: what a tablet receives, in which order, and when it is told that a record is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from server import office, pull
from server.db import reading
from server.models import Placement
from tests.support.world import Tablet, World


def feeds_of(world: World, id: str) -> set[str]:
    with world.inside(), reading() as connection:
        rows = connection.scalars(select(Placement.feed).where(Placement.record == id, Placement.gone.is_(False)))
        return set(rows)


def test_a_first_pull_brings_the_scope_and_nothing_else(world: World) -> None:
    tablet = world.tablet()
    tablet.pull()
    kinds = {record["type"] for record in tablet.records.values()}
    assert kinds == {"territory", "team", "worker"}
    stranger = world.tablet(world.other_team)
    family = stranger.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    assert stranger.sync(family)["results"][0]["outcome"] == "applied"

    tablet.pull()
    assert family["id"] not in tablet.records
    assert tablet.gone == []


def test_pages_resume_at_any_cursor(world: World, tablet: Tablet) -> None:
    tablet.sync(*(tablet.family() for _ in range(25)))
    reader = world.tablet()
    pages = 0
    while reader.sync(limit=4)["more"]:
        pages += 1
    assert pages >= 8
    assert sum(record["type"] == "family" for record in reader.records.values()) == 25


def test_what_belongs_to_a_family_moves_with_it_and_keeps_its_rev(world: World, tablet: Tablet) -> None:
    family = tablet.family()
    person = tablet.op("person", feed=world.here, set={"surname": "Белова", "given": "Алёна", "sex": "female"})
    member = tablet.op("membership", set={"family": family["id"], "person": person["id"], "role": "mother"})
    visit = tablet.op(
        "visit", set={"family": family["id"], "kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"}
    )
    part = tablet.op("visit_part", set={"visit": visit["id"], "worker": world.worker})
    results = tablet.sync(family, person, member, visit, part)["results"]
    assert [result["outcome"] for result in results] == ["applied"] * 5
    ids = [op["id"] for op in (family, person, member, visit, part)]
    assert [feeds_of(world, id) for id in ids] == [{world.here}] * 5

    revs = {id: world.record(id).rev for id in ids[1:]}
    world.decide("family", family["id"], base=1, territory=world.there)
    assert [feeds_of(world, id) for id in ids] == [{world.there}] * 5
    assert {id: world.record(id).rev for id in ids[1:]} == revs

    tablet.pull()
    assert tablet.gone == []  # both territories are in its scope
    assert tablet.records[person["id"]]["feeds"] == [world.there]


def test_a_record_that_leaves_the_scope_is_gone_once_and_only_for_who_had_it(world: World, tablet: Tablet) -> None:
    family = tablet.family()
    visit = tablet.op(
        "visit", set={"family": family["id"], "kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"}
    )
    tablet.sync(family, visit)
    tablet.pull()
    world.decide("family", family["id"], base=1, territory=world.elsewhere)

    tablet.pull()
    assert sorted(tablet.gone) == sorted([family["id"], visit["id"]])
    tablet.pull()
    assert len(tablet.gone) == 2

    late = world.tablet()
    while late.sync(limit=3)["more"]:
        pass
    assert late.gone == []
    assert family["id"] not in late.records


def test_a_family_that_moves_there_and_back_while_a_page_is_read_is_not_taken_away(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page has read the first feed, where the family sits, and finds it gone from the second; if it then saw the
    family back in the second, and so in no other, it would tell that the family is gone."""
    first, second = sorted((world.here, world.there))
    family = tablet.op("family", feed=second, set={"territory": second})
    tablet.sync(family)
    other_feeds, moved = pull._other_feeds, []

    def move_back_first(connection: Any, feed: str, rows: list[Any]) -> dict[str, set[str]]:
        if feed == second and not moved:
            with ThreadPoolExecutor(1) as pool:
                moved.append(pool.submit(world.decide, "family", family["id"], base=2, territory=second).result())
        return other_feeds(connection, feed, rows)

    scope = frozenset((first, second))
    with world.inside():
        begun = pull.page(scope, pull.begin(None, "a reader"), 100)
        world.decide("family", family["id"], base=1, territory=first)
        monkeypatch.setattr(pull, "_other_feeds", move_back_first)
        seen = pull.page(scope, begun.cursor, 100)
        last = pull.page(scope, seen.cursor, 100)
    assert len(moved) == 1
    assert [orjson.loads(line.json).get("feeds") for line in seen.lines] == [[first], [first]]
    assert {line.json for line in last.lines} == {last.lines[0].json}
    assert orjson.loads(last.lines[0].json)["feeds"] == [second]


def test_a_child_in_two_families_sits_in_both_feeds(world: World, tablet: Tablet) -> None:
    birth, foster = tablet.family(), tablet.op("family", feed=world.there, set={"territory": world.there})
    child = tablet.op("person", feed=world.here, set={"surname": "Белов", "given": "Пётр", "sex": "male"})
    links = [
        tablet.op("membership", set={"family": family["id"], "person": child["id"], "role": "child"})
        for family in (birth, foster)
    ]
    tablet.sync(birth, foster, child, *links)
    assert feeds_of(world, child["id"]) == {world.here, world.there}


def test_a_deleted_record_is_gone_and_a_later_edit_that_had_not_seen_it_brings_it_back(
    world: World, tablet: Tablet
) -> None:
    family = tablet.family(address="ул. Ленина, 1")
    tablet.sync(family)
    tablet.pull()
    with world.inside():
        office.write(world.office, [office.Change("family", family["id"], base=1, delete=True)])
    other = world.tablet(name="Планшет 2")
    other.pull()
    assert family["id"] not in other.records

    edit = tablet.op("family", family["id"], set={"household": "Печь сложена заново"})
    (result,) = tablet.sync(edit)["results"]
    assert result["outcome"] == "conflict"
    other.pull()
    assert other.records[family["id"]]["fields"]["address"] == "ул. Ленина, 1"


def stranger_family(world: World) -> str:
    """A family in the territory that is not in the first team's scope."""
    other = world.tablet(world.other_team, name="Чужой планшет")
    family = other.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    other.sync(family)
    return str(family["id"])


def test_a_confirmed_trip_widens_the_scope_and_a_cancelled_one_gives_it_back(world: World, tablet: Tablet) -> None:
    family = stranger_family(world)
    days = {"date_from": date.today().isoformat(), "date_to": (date.today() + timedelta(days=2)).isoformat()}
    trip = tablet.op("trip", set={"team": world.team} | days, add={"territories": [world.elsewhere]})
    tablet.sync(trip)
    assert world.elsewhere not in tablet.sync()["scope"]

    with world.inside():
        office.write(
            world.office, [office.Change("trip", trip["id"], add={"confirmed_territories": [world.elsewhere]})]
        )
    assert world.elsewhere in tablet.sync()["scope"]
    tablet.pull()
    assert family in tablet.records
    visit = tablet.op("visit", set={"family": family, "kind": "initial", "started_at": "2026-11-02T10:00:00+04:00"})
    assert tablet.sync(visit)["results"][0]["outcome"] == "applied"

    tablet.pull()
    step = {"status": {"from": None, "to": "cancelled"}, "cancel_reason": "Паводок"}
    assert world.decide("trip", trip["id"], base=9, **step).outcome == "applied"
    while tablet.sync(limit=1)["more"]:
        pass
    assert sorted(tablet.gone) == sorted([family, visit["id"]])
    assert family not in tablet.records
    tablet.pull()
    assert len(tablet.gone) == 2


def test_a_feed_that_comes_back_into_the_scope_is_sent_again(world: World, tablet: Tablet) -> None:
    family = tablet.family()
    tablet.sync(family)
    tablet.pull()
    with world.inside():
        office.write(world.office, [office.Change("team", world.team, base=1, remove={"territories": [world.here]})])
    tablet.pull()
    assert family["id"] in tablet.gone
    with world.inside():
        office.write(world.office, [office.Change("team", world.team, base=2, add={"territories": [world.here]})])
    tablet.pull()
    assert family["id"] in tablet.records


def test_a_child_who_left_a_family_leaves_its_feed_with_the_membership_ended(world: World, tablet: Tablet) -> None:
    birth, foster = tablet.family(), tablet.op("family", feed=world.there, set={"territory": world.there})
    child = tablet.op("person", feed=world.here, set={"surname": "Белов", "given": "Пётр", "sex": "male"})
    first = tablet.op(
        "membership",
        set={"family": birth["id"], "person": child["id"], "role": "child"},
        add={"periods": [{"from": "2014-05-03", "to": "2026-01-10"}]},
    )
    tablet.sync(birth, foster, child, first)
    assert feeds_of(world, child["id"]) == {world.here}

    second = tablet.op(
        "membership",
        set={"family": foster["id"], "person": child["id"], "role": "ward"},
        add={"periods": [{"from": "2026-01-10"}]},
    )
    tablet.sync(second)
    assert feeds_of(world, child["id"]) == {world.there}


def test_a_tablet_is_told_how_much_is_still_to_come(world: World, tablet: Tablet) -> None:
    tablet.sync(*(tablet.family(address=f"с Басы, ул. Мира, {number}") for number in range(5)))
    reader = world.tablet(name="Планшет 2")
    before = reader.sync(limit=3)
    seen = len(before["changes"])
    while (page := reader.sync(limit=3))["more"]:
        seen += len(page["changes"])
        assert page["left"] == before["left"] - len(page["changes"])
        before = page
    assert "left" not in page
    assert len(page["changes"]) == before["left"]


def change_places(world: World, **how: Any) -> None:
    """The office adds territories to the team, or removes some."""
    with world.inside():
        office.write(world.office, [office.Change("team", world.team, base=9, **how)])


def families_of(tablet: Tablet) -> set[str]:
    return {id for id, record in tablet.records.items() if record["type"] == "family"}


def test_a_feed_that_leaves_the_scope_while_it_is_sent_again_leaves_nothing_behind(
    world: World, tablet: Tablet
) -> None:
    tablet.sync(*(tablet.family() for _ in range(6)))
    tablet.pull()
    differing = {world.here: {"family": "1" * 64}}
    assert tablet.sync(digests=differing, limit=2)["more"]
    change_places(world, remove={"territories": [world.here]})
    tablet.pull()
    assert families_of(tablet) == set()


def test_a_feed_that_leaves_the_scope_twice_leaves_nothing_behind(world: World, tablet: Tablet) -> None:
    tablet.sync(*(tablet.family() for _ in range(6)))
    tablet.pull()
    for how in ("remove", "add", "remove"):
        change_places(world, **{how: {"territories": [world.here]}})
        tablet.sync(limit=3)
    tablet.pull()
    assert families_of(tablet) == set()


def test_what_leaves_a_feed_while_it_is_sent_once_more_is_gone(world: World, tablet: Tablet) -> None:
    families = [tablet.family() for _ in range(6)]
    tablet.sync(*families)
    tablet.pull()
    change_places(world, remove={"territories": [world.here]})
    tablet.sync(limit=2)
    world.decide("family", families[0]["id"], base=1, household="Печь")
    change_places(world, add={"territories": [world.here]})
    tablet.sync(limit=3)
    world.decide("family", families[5]["id"], base=1, territory=world.elsewhere)
    tablet.pull()
    assert families_of(tablet) == {family["id"] for family in families[:5]}


def test_a_feed_that_comes_back_unchanged_names_nothing_that_left_before_the_tablet_came(
    world: World, tablet: Tablet
) -> None:
    family = tablet.family()
    tablet.sync(family)
    world.decide("family", family["id"], base=1, territory=world.elsewhere)
    late = world.tablet(name="Планшет 2")
    late.pull()
    for how in ("remove", "add"):
        change_places(world, **{how: {"territories": [world.here]}})
        late.sync(limit=1)
    late.pull()
    assert late.gone == []
