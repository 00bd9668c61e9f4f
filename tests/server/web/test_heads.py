"""What a family is called, wherever it is named."""

from __future__ import annotations

from tests.server.web.scene import OFFICER, Office, join
from tests.server.web.test_journals import MONTH, met


def test_what_hinders_a_journal_is_named_by_who_is_in_the_family_now(one_office: Office) -> None:
    tablet, officer = one_office.world.tablet(), one_office.signed_in(OFFICER, "ru")
    made = tablet.family()
    mother = join(tablet, made["id"], "Волкова", "Вера", "mother", "1990-05-03")
    mother[1]["add"] = {"periods": [{"from": "2020-01-01", "to": "2021-05-01"}]}
    aunt = join(tablet, made["id"], "Седова", "Анна", "guardian", "1985-05-03")
    tablet.sync(made, *mother, *aunt, met(tablet, made["id"]))
    assert "Седова Анна" in officer.see("/families")
    page = officer.see(f"/journals?month={MONTH}")
    assert "Седова Анна" in page
    assert "Волкова" not in page
