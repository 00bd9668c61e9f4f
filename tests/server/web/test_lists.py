"""Lists: what is in them, for whom, and at what price."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from schemas.ids import new_id
from server import authors, people
from server.db import db
from tests.server.web.scene import (
    ADMIN,
    Browser,
    Office,
    join,
    moment,
    one_snils_twice,
    person,
    proposal,
    two_addresses,
    visit,
)
from tests.support.world import Tablet


@contextmanager
def queries(office: Office) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    said: list[str] = []
    with office.world.inside():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def family(tablet: Tablet, surname: str = "Семёнова", given: str = "Алёна", **values: Any) -> str:
    """A family with a mother and a child."""
    made = tablet.family(**values)
    mother = join(tablet, made["id"], surname, given, "mother", "1990-05-03", is_legal_representative=True)
    tablet.sync(made, *mother, *join(tablet, made["id"], surname, "Яна", "child", "2019-02"))
    return str(made["id"])


def total(browser: Browser, query: str = "") -> str:
    """What the log says of how many visits there are."""
    return browser.see(f"/visits{query}").split("Clear ")[1].split(" Started")[0]


def test_the_log_counts_the_visits_of_a_period_by_result(office: Office) -> None:
    tablet, browser = office.world.tablet(), office.signed_in(ADMIN)
    first, second = family(tablet), family(tablet, "Волкова")
    tablet.sync(
        visit(tablet, first, days=40),
        visit(tablet, first, days=400),
        visit(tablet, first, days=400, result="not_at_home"),
        visit(tablet, second, days=400, result="refused"),
    )
    since, until = moment(401)[:10], moment(399)[:10]
    period = f"?since={since}&until={until}"
    assert total(browser, period) == "3 visits 2 families Held: 1 Nobody at home: 1 Services refused: 1"
    assert total(browser, f"{period}&result=held") == "1 visit 1 family Held: 1"
    assert total(browser, f"?since={until}&until={since}").startswith("The period ends before it begins")
    assert "Take a longer period" in total(browser, "?since=2001-01-01&until=2001-01-31")
    assert total(browser, "?since=nonsense").startswith("No visit matches")


def test_the_log_shows_a_territory_with_all_below_it_and_a_team(office: Office) -> None:
    world, browser = office.world, office.signed_in(ADMIN)
    ours, theirs = world.tablet(), world.tablet(world.other_team, "Планшет 2")
    here = family(ours)
    elsewhere = theirs.op("family", feed=world.elsewhere, set={"territory": world.elsewhere})
    trip = ours.op("trip", set={"team": world.team, "date_from": "2026-05-04", "date_to": "2026-05-06"})
    ours.sync(trip, visit(ours, here), visit(ours, here, trip=trip["id"]))
    theirs.sync(elsewhere, visit(theirs, elsewhere["id"]))
    for place, count in (
        (world.region, 3),
        (world.district, 3),
        (world.here, 2),
        (world.elsewhere, 1),
        (world.there, 0),
    ):
        assert browser.see(f"/visits?territory={place}").count("Repeat Held") == count
    assert browser.see(f"/visits?team={world.team}").count("Repeat Held") == 2
    assert browser.see(f"/visits?team={world.other_team}").count("Repeat Held") == 1


def test_a_late_evening_belongs_to_the_local_day_whatever_clock_wrote_it(office: Office) -> None:
    tablet, browser = office.world.tablet(), office.signed_in(ADMIN)
    home = family(tablet)
    for written in ("2026-03-31T21:30:00Z", "2026-04-01T01:30:00+04:00", "2026-03-31T23:30:00+02:00"):
        made = visit(tablet, home)
        made["set"]["started_at"] = written
        tablet.sync(made)
    assert total(browser, "?since=2026-04-01&until=2026-04-30").startswith("3 visits")
    assert total(browser, "?since=2026-03-01&until=2026-03-31").startswith("No visit")


def test_a_long_log_has_pages_and_prints_on_one(office: Office) -> None:
    tablet, browser = office.world.tablet(), office.signed_in(ADMIN)
    home = family(tablet)
    tablet.sync(*(visit(tablet, home) for _ in range(60)))
    assert browser.see("/visits").count("Repeat Held") == 50
    assert "Page 1 of 2" in browser.see("/visits")
    assert browser.see("/visits?page=2").count("Repeat Held") == 10
    printed = browser.see("/visits/print")
    assert printed.count("Repeat Held") == 60
    assert "Басинский сельсовет 12635402" in printed


def test_a_family_is_found_by_a_part_of_its_number_or_of_a_name(office: Office) -> None:
    tablet, browser = office.world.tablet(), office.signed_in(ADMIN)
    first, second = family(tablet), family(tablet, "Королёва-Ким", "Наталья")
    office.world.decide("family", second, 1, number="15-Б/2026")
    for text, found in (
        ("семен", [first]),
        ("СЕМЁН", [first]),
        ("алена семёнова", [first]),
        ("лева", [second]),
        ("15-б", [second]),
        ("/2026", [second]),
        ("яна", [first, second]),
        ("%", []),
        ("Иванова", []),
        ("", [first, second]),
    ):
        page = browser.get(f"/families?text={text}").text
        assert [id for id in (first, second) if f"/families/{id}" in page] == found, text
    assert "No family matches" in browser.see("/families?text=xyz")


def test_a_family_is_called_by_its_mother_and_counts_its_minors(office: Office) -> None:
    tablet, browser = office.world.tablet(), office.signed_in(ADMIN)
    made = tablet.family(address="с Басы, ул. Мира, 1")
    of_age, gone = (
        join(tablet, made["id"], "Ким", "Вера", "child", "2001"),
        join(tablet, made["id"], "Ким", "Ия", "ward", "2015"),
    )
    gone[1]["add"]["periods"] = [{"from": "2016-01-01", "to": "2018-01-01"}]
    child = join(tablet, made["id"], "Ким", "Яна", "child", "2019")
    tablet.sync(made, *child, *of_age, *gone, *join(tablet, made["id"], "Ким", "Нина", "mother", "1985"))
    assert "Ким Нина 1 Басинский сельсовет с Басы, ул. Мира, 1" in browser.see("/families")
    card = browser.see(f"/families/{made['id']}")
    assert "1 child" in card
    assert card.index("Ким Нина Mother") < card.index("Ким Яна Child") < card.index("Ким Ия Ward")
    assert "1 Jan 2016 – 1 Jan 2018" in card


def test_an_officer_of_one_district_sees_nothing_of_another(office: Office) -> None:
    world = office.world
    ours, theirs = world.tablet(), world.tablet(world.other_team, "Планшет 2")
    here = two_addresses(ours, world.tablet(name="Планшет 3"))
    away = theirs.op("family", feed=world.elsewhere, set={"territory": world.elsewhere, "address": "с Будары, 1"})
    theirs.sync(away, met := visit(theirs, away["id"]))
    office.add("there", "Павлова Нина Сергеевна", people.ADMIN, (world.elsewhere,))
    browser = office.signed_in("there")
    assert "There is nothing to decide" in browser.see("/queue")
    assert "Басинский" not in browser.see("/families") + browser.see("/visits") + browser.see("/records/family")
    assert "с Будары, 1" in browser.see("/families")
    assert "Планшет 3" not in browser.see("/tablets")
    assert "Планшет 2" in browser.see("/tablets")
    assert browser.get(f"/families/{away['id']}").status_code == 200
    assert browser.get(f"/visits/{met['id']}").status_code == 200
    for path in (f"/families/{here}", f"/queue/disputed:{here}:address"):
        assert browser.get(path).status_code == 404
        assert browser.post(path, page="/account", choice="own", own="x", base="9").status_code in (404, 405)


def test_the_tablets_page_tells_what_is_wrong_with_each(office: Office) -> None:
    tablet, browser = office.world.tablet(), office.signed_in(ADMIN)
    office.world.tablet(name="Планшет 2")
    tablet.sync(
        tablet.op("family", feed=office.world.here, set={"address": 5}),
        status={"outbox": 12, "photos_waiting": 1, "battery": 9, "app": "0.1"},
    )
    page = browser.see("/tablets")
    assert "12 records, 1 photo 1 record to be mended battery 9%" in page
    assert "never; enrolled" in page
    assert "Планшет 1" in browser.see("/")


def test_records_of_every_type_are_listed_and_shown(office: Office) -> None:
    tablet, browser = office.world.tablet(), office.signed_in(ADMIN)
    home = family(tablet)
    tablet.sync(met := visit(tablet, home))
    part = tablet.op("visit_part", new_id(), set={"visit": met["id"], "worker": tablet.worker, "role": "lawyer"})
    tablet.sync(part)
    assert "Part of a visit 1" in browser.see("/records")
    assert "Иванова Мария Петровна Lawyer" in browser.see("/records/visit_part")
    assert "Семёнова Алёна" in browser.see("/records/membership")
    assert "Иванова Мария Петровна Lawyer" in browser.see(f"/visits/{met['id']}")
    assert browser.get(f"/records/family/{home}").headers["Location"] == f"/families/{home}"
    shown = browser.see(f"/records/visit_part/{part['id']}")
    assert "Part of a visit: Иванова Мария Петровна Lawyer" in shown


def test_no_page_asks_the_database_more_often_when_there_is_more_to_show(office: Office) -> None:
    tablet, browser = office.world.tablet(), office.signed_in(ADMIN)
    other = office.world.tablet(name="Планшет 2")
    pages = (
        "/",
        "/visits",
        "/visits/print",
        "/families",
        "/families?text=яна",
        "/queue",
        "/mending",
        "/tablets",
        "/records/membership",
    )
    asked: dict[str, list[int]] = {page: [] for page in pages}
    numbers = iter(("11223344595", "08765430300", "10416145100", "22231305800", "20000000018") + ("11223344595",) * 3)
    for _ in range(2):
        for _ in range(4):
            home = family(tablet)
            tablet.sync(visit(tablet, home))
            two_addresses(tablet, other)
            one_snils_twice(tablet, next(numbers))
            proposal(tablet, home)
            tablet.sync(person(tablet, snils="1"), tablet.op("membership", set={"family": new_id(), "person": home}))
        for page in pages:
            browser.see(page)
            with queries(office) as said:
                browser.see(page)
            asked[page].append(len(said))
    assert all(before == after for before, after in asked.values()), asked


def test_people_are_found_beside_their_families_and_lead_to_them(office: Office) -> None:
    tablet, browser = office.world.tablet(), office.signed_in(ADMIN)
    home = family(tablet, address="с Басы, ул. Мира, д. 7")
    page = browser.get("/families?text=семёновой").text
    people = page.split("<h2>")[1]
    assert people.count(f'href="/families/{home}"') == 2  # the mother and the child
    assert "Семёнова Алёна" in people
    assert "3 May 1990" in people
    assert "<h2>" not in browser.get("/families?text=мира 7").text
    assert "<h2>" not in browser.get(f"/families?text=семёнова&territory={office.world.here}").text


def test_a_synthetic_register_says_that_it_is_one(office: Office) -> None:
    browser = office.signed_in(ADMIN)
    assert "synthetic" not in browser.see("/")
    with office.world.inside():
        authors.importer("demo")
    assert "A synthetic register: the places are real" in browser.see("/")
