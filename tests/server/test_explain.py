"""`vyezd explain` of a disputed address, as a person reads it: who, when, on which tablet, and which rule decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from server import clock, epoch, history, office
from server.commands import main
from server.db import writing
from server.reading import timeline
from server.reading.words import Words
from tests.support.world import World, make_app

GOLDEN = Path(__file__).parents[1] / "golden"
ASTRAKHAN = ZoneInfo("Europe/Astrakhan")


class Wall:
    """A clock on the wall that a test sets."""

    def __init__(self) -> None:
        self.set(1, 9)

    def set(self, day: int, hour: int, minute: int = 0) -> None:
        """A local time of November 2026."""
        self.ms = int(datetime(2026, 11, day, hour, minute, tzinfo=ASTRAKHAN).timestamp() * 1000)

    def now(self) -> int:
        return self.ms


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(clock, "now", wall.now)
    return wall


@pytest.fixture
def world(wall: Wall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("VYEZD_DATA", str(tmp_path))
    monkeypatch.delenv("VYEZD_DATABASE_URL", raising=False)
    monkeypatch.delenv("VYEZD_LANG", raising=False)
    return World(make_app(f"sqlite:///{tmp_path / 'vyezd.db'}", tmp_path))


def disputed_family(world: World, wall: Wall) -> str:
    """Both tablets saw the first address; offline one wrote another on the 5th, the other a third on the 6th."""
    first, second = world.tablet(name="Планшет 1"), world.tablet(name="Планшет 2")
    wall.set(2, 10, 30)
    about = {"territory": world.here, "address": "с Басы, ул. Садовая, д. 7"}
    told = {"circumstances": ["4"], "directions": ["За мостом направо."]}
    made = first.op("family", feed=world.here, set=about, add=told)
    first.sync(made)
    first.pull()
    second.pull()
    wall.set(5, 11)
    by_first = first.op("family", made["id"], set={"address": "с Басы, ул. Мира, д. 2"})
    wall.set(6, 15, 20)
    by_second = second.op("family", made["id"], set={"address": "с Басы, ул. Степная, д. 9"}, by=world.colleague)
    wall.set(8, 18)
    second.sync(by_second)
    wall.set(9, 8, 15)
    assert first.sync(by_first)["results"][0]["outcome"] == "conflict"
    return str(made["id"])


def explained(family: str, *words: str) -> str:
    result = CliRunner().invoke(main, ["explain", family, *words])
    assert result.exit_code == 0, result.output
    return result.stdout.replace(family, "ID")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_two_tablets_change_one_address_offline_and_the_story_is_told(world: World, wall: Wall, lang: str) -> None:
    story = explained(disputed_family(world, wall), "--lang", lang)
    assert story == (GOLDEN / f"explain-disputed-address.{lang}.txt").read_text(encoding="utf-8")


def test_after_the_office_has_decided_nothing_is_disputed_and_the_rest_is_replaced(world: World, wall: Wall) -> None:
    family = disputed_family(world, wall)
    wall.set(10, 12)
    rev = world.record(family).rev
    assert world.decide("family", family, rev, address="с Басы, ул. Степная, д. 9").outcome == "applied"
    story = explained(family)
    assert "РАСХОЖДЕНИЕ" not in story
    assert "10.11.2026 12:00, Офис, офис" in story
    assert story.count("заменено тем, кто его видел (guarded.seen)") == 3


def test_what_the_office_voided_is_told_as_voided(world: World, wall: Wall) -> None:
    family = disputed_family(world, wall)
    with world.inside():
        told = history.story(family).fields["address"]
        wrong = next(each.op for each in told if each.value.endswith("Степная, д. 9"))
        office.write(world.office, [office.Change("family", family, base=3, void=(wrong,))])
    story = explained(family)
    assert "РАСХОЖДЕНИЕ" not in story
    assert "⊘ с Басы, ул. Степная, д. 9" in story
    assert "отменено офисом (guarded.voided)" in story
    assert "voided by the office (guarded.voided)" in explained(family, "--lang", "en")
    with world.inside():
        words = Words("ru", ZoneInfo("Europe/Astrakhan"))
        events = [
            event for act in timeline.timeline(family, words)[0] for event in act.events if event.field == "address"
        ]
    assert [event.fate for event in events] == ["voided", "shown", "replaced"]


def test_after_a_restore_who_had_seen_a_value_has_still_replaced_it(world: World, wall: Wall) -> None:
    family = disputed_family(world, wall)
    with world.inside(), writing() as connection:
        epoch.renew(connection)
    rev = world.record(family).rev
    assert world.decide("family", family, rev, address="с Басы, ул. Степная, д. 9").outcome == "applied"
    story = explained(family)
    assert "РАСХОЖДЕНИЕ" not in story
    assert story.count("заменено тем, кто его видел (guarded.seen)") == 3
