"""A child who lives with two families."""

from __future__ import annotations

from datetime import date

from server.db import reading
from server.reading import routesheet
from server.reading.households import households
from server.reading.reach import EVERYBODY
from tests.server.web.scene import Office, join


def test_the_category_of_a_child_of_two_homes_stands_at_both_on_the_route_sheet(one_office: Office) -> None:
    tablet = one_office.world.tablet()
    one, other = tablet.family(), tablet.family()
    child = join(tablet, one["id"], "Волкова", "Яна", "child", "2019-02")
    again = tablet.op("membership", set=child[1]["set"] | {"family": other["id"]})
    told = {"person": child[0]["id"], "code": "low_income", "date_from": "2020-01-01", "basis": "№ 1"}
    tablet.sync(one, other, *child, again, tablet.op("category", set=told))
    homes = [one["id"], other["id"]]
    with one_office.world.inside(), reading() as connection:
        who = households(homes, date.today(), EVERYBODY, connection)
        codes = routesheet._codes(homes, who, date.today().isoformat(), connection)
    assert codes == {id: ["low_income"] for id in homes}
