"""A record type that nobody has heard of yet: one file, and the office lists it, shows it and decides about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.web.scene import ADMIN, Office
from tests.support.world import World, make_app


@pytest.mark.usefixtures("garden")
def test_a_new_type_is_listed_shown_and_decided_without_new_code(database_url: str, tmp_path: Path) -> None:
    office = Office(World(make_app(database_url, tmp_path)))
    first, second = office.world.tablet(), office.world.tablet(name="Планшет 2")
    family = first.family()
    made = first.op("garden", set={"family": family["id"], "name": "За домом", "beds": 4, "fenced": True})
    first.sync(family, made)
    second.pull()
    second.sync(second.op("garden", made["id"], set={"beds": 6}))
    first.sync(first.op("garden", made["id"], set={"beds": 5}))
    admin = office.signed_in(ADMIN)
    assert "Garden 1" in admin.see("/records")
    assert "За домом" in admin.see("/records/garden")
    assert "Fenced yes" in admin.see(f"/records/garden/{made['id']}")
    page = f"/queue/disputed:{made['id']}:beds"
    for typed, said in (("many", "Must be a number"), ("0", "Must be at least 1")):
        answer = admin.post(page, choice="own", own=typed)
        assert answer.status_code == 422
        assert said in answer.text
    assert admin.post(page, choice="own", own="7").status_code == 302
    assert "Beds 7" in admin.see(f"/records/garden/{made['id']}")
