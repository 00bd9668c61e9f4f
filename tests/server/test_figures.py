"""The region in figures: who is a child in a family on a day, and who is not, not yet or no longer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from server import office
from server.db import reading
from server.office import Change
from server.reading import figures
from server.reading.households import households
from server.reading.reach import EVERYBODY
from tests.contract.test_rulebook import Desk
from tests.support.world import World, make_app


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Desk:
    return Desk(World(make_app(sqlite_url, tmp_path)))


def on(desk: Desk, day: str) -> tuple[int, int, int]:
    """(families with children, children, children in the desk's family by its card) on a day."""
    with desk.world.inside():
        found = {each.name: each.value for each in figures.count(date.fromisoformat(day)).figures}
        with reading() as connection:
            home = households([desk.family], date.fromisoformat(day), EVERYBODY, connection)[desk.family]
    return found["families"], found["children"], home.children


def test_a_child_counts_from_its_birth_while_it_lives_and_in_a_family_while_it_is_there(desk: Desk) -> None:
    child, link = desk.person("Яна", "child")
    desk.write("person", child, birth_date="2020-02-29")
    assert on(desk, "2020-02-28") == (0, 0, 0)
    assert on(desk, "2020-02-29") == (1, 1, 1)
    other = desk.write("family", territory=desk.world.here)
    ward = {"person": child, "family": other, "role": "ward"}
    desk.write("membership", **ward, periods=[{"from": "2024-09-01"}])
    assert on(desk, "2024-08-31") == (1, 1, 1)
    assert on(desk, "2024-09-01") == (2, 1, 1)
    begun, ended = {"from": "2020-01-01"}, {"from": "2020-01-01", "to": "2024-09-30"}
    left = Change("membership", link, base=1, add={"periods": [ended]}, remove={"periods": [begun]})
    with desk.world.inside():
        office.write(desk.world.office, [left])
    assert on(desk, "2024-10-01") == (1, 1, 0)
    desk.write("person", child, died="2025-03")
    assert on(desk, "2025-03-31")[:2] == (1, 1)
    assert on(desk, "2025-04-01") == (0, 0, 0)
