"""The start page: what wants the officer today, what hinders the journal, the month beside last year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from server.reading import activity, monthlog
from server.reading.reach import Reach
from tests.server.web.scene import ADMIN, OFFICER, Office, join, moment, visit
from tests.support.world import Tablet


def on(tablet: Tablet, family: str, day: date, **more: object) -> dict[str, object]:
    """A visit on a day."""
    return visit(tablet, family, started_at=f"{day.isoformat()}T10:00:00+04:00", **more)


def test_the_month_stands_beside_the_same_days_of_last_year_by_territory(office: Office) -> None:
    world = office.world
    ours, theirs = world.tablet(), world.tablet(world.other_team, "Планшет 2")
    here = str(ours.family()["id"])
    ours.sync(ours.op("family", here, feed=world.here, set={"territory": world.here}))
    away = theirs.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    theirs.sync(away)
    today = date(2026, 3, 10)
    ours.sync(
        *(on(ours, here, date(2026, 3, day)) for day in (1, 10)),
        on(ours, here, date(2026, 3, 11)),  # lies ahead of that day
        on(ours, here, date(2026, 2, 1), result="not_at_home"),
        on(ours, here, date(2025, 3, 9)),
        on(ours, here, date(2025, 3, 20)),
    )
    theirs.sync(on(theirs, away["id"], date(2026, 3, 5)))
    with world.inside():
        found = activity.activity(today, Reach())
        bounded = activity.activity(today, Reach(frozenset([world.here]), frozenset()))
    assert [place.name for place in found.places] == ["Басинский сельсовет", "Бударинский сельсовет"]
    assert found.places[0].counts["month"] == activity.Count(2, 2, 1)
    assert found.places[0].counts["month_before"] == activity.Count(1, 1, 1)
    assert found.places[0].counts["year"] == activity.Count(3, 2, 1)
    assert (found.total["month"].visits, found.total["month"].families) == (3, 2)
    assert found.months[:4] == [(0, 0), (1, 0), (3, 2), (None, 0)]
    assert [place.id for place in bounded.places] == [world.here]
    assert bounded.months[2] == (2, 2)


@pytest.mark.parametrize(
    ("today", "since", "days"),
    [("2026-11-02", "2026-10-01", 1), ("2026-11-03", "2026-10-01", 0), ("2026-11-04", "2026-11-01", 29),
     ("2026-01-01", "2025-12-01", 2), ("2026-12-20", "2026-12-01", 14)],
)  # fmt: skip
def test_the_journal_that_is_due_next_is_of_last_month_until_its_day(
    one_office: Office, today: str, since: str, days: int
) -> None:
    with one_office.world.inside():
        found = monthlog.month_log(date.fromisoformat(today), 3, Reach())
    assert (found.since.isoformat(), found.days) == (since, days)


def test_what_hinders_the_journal_stands_on_the_start_page_with_phones(one_office: Office) -> None:
    tablet = one_office.world.tablet()
    made = tablet.family()
    tablet.sync(made, *join(tablet, made["id"], "Волкова", "Вера", "mother", "1990-05-03"))
    officer = one_office.signed_in(OFFICER, "ru")
    assert "ничто не мешает" in officer.see("/")
    with one_office.world.inside():
        month = monthlog.month_log(date.fromisoformat(moment()[:10]), 3, Reach())
    day = month.since + timedelta(days=0)
    said = {"signed_at": moment(), "review_state": {"from": None, "to": "submitted"}}
    tablet.sync(on(tablet, made["id"], day), signed := on(tablet, made["id"], day, **said))
    page = officer.see("/")
    assert "мешают 2 посещения" in page
    assert "Волкова Вера Не подписано Иванова Мария Петровна +7 900 000-00-01" in page
    assert "Посещения на проверке 1" in page
    one_office.world.decide("visit", str(signed["id"]), 1, review_state={"from": "submitted", "to": "accepted"})
    assert "мешает 1 посещение" in officer.see("/")


def test_charts_are_pictures_with_a_name_and_a_table_beside_and_no_style_of_their_own(one_office: Office) -> None:
    tablet = one_office.world.tablet()
    tablet.sync(made := tablet.family(), visit(tablet, made["id"]))
    page = one_office.signed_in(ADMIN).get("/").text
    chart = page[page.index("<svg") : page.index("</svg>")]
    assert 'role="img" aria-label="Visits by month"' in chart
    assert "style=" not in page
    assert "The same as a table" in page


def test_who_reads_no_families_sees_sums_alone(one_office: Office) -> None:
    tablet = one_office.world.tablet()
    tablet.sync(made := tablet.family(), visit(tablet, made["id"]))
    one_office.add("methods", "Павлова Нина", "methodologist")
    page = one_office.signed_in("methods").see("/")
    assert "Together 1" in page
    assert "Басинский" not in page
    assert "journal" not in page
