"""The register of families: asked by category, curator, risk and contact; counted; frozen under a number."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from server import certificates, people, projections, standing
from server.db import reading, writing
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, join, moment
from tests.server.web.test_lists import queries
from tests.support.world import Tablet

LONG_AGO = moment(100)[:10]


def home(tablet: Tablet, surname: str, **values: Any) -> tuple[str, str]:
    """A family with a mother and a child. Returns the ids of the family and of the child."""
    made = tablet.family(address=f"с Басы, ул. {surname}, 1", **values)
    child = join(tablet, made["id"], surname, "Яна", "child", "2019-02")
    tablet.sync(made, *join(tablet, made["id"], surname, "Вера", "mother", "1990-05-03"), *child)
    return str(made["id"]), str(child[0]["id"])


def filled(office: Office) -> tuple[str, str]:
    """Two families: one with a curator, categories, a risk and a late contact; one with nothing of it."""
    world, tablet = office.world, office.world.tablet()
    (one, child), (other, _) = home(tablet, "Волкова", last_contact=LONG_AGO), home(tablet, "Зайцева")
    since = {"date_from": LONG_AGO}
    risk = {"family": one, "form": "family", "form_version": "1", "assessor": world.worker}
    tablet.sync(
        tablet.op("category", set={"family": one, "code": "low_income", "basis": "Справка"} | since),
        tablet.op("category", set={"person": child, "code": "disabled_child"} | since),
        tablet.op("category", set={"family": other, "code": "at_risk", "date_to": moment(1)[:10]} | since),
        tablet.op("assignment", set={"family": one, "role": "curator", "worker": world.worker} | since),
        tablet.op("risk_assessment", set=risk | {"date": LONG_AGO, "answers": [{"question": "housing", "points": 3}]}),
        tablet.op(
            "risk_assessment", set=risk | {"date": moment(1)[:10], "answers": [{"question": "care", "points": 1}]}
        ),
    )
    return one, other


def found(browser: Browser, query: str, *ids: str) -> list[bool]:
    page = browser.get(f"/families?{query}").text
    return [f"/families/{id}" in page for id in ids]


def test_families_are_asked_by_what_is_known_of_them_today(office: Office) -> None:
    world, browser = office.world, office.signed_in(OFFICER)
    ids = filled(office)
    for query, expected in (
        ("category=low_income", [True, False]),
        ("category=disabled_child", [True, False]),
        ("category=at_risk", [False, False]),  # over since yesterday
        (f"curator={world.worker}", [True, False]),
        ("curator=nobody", [False, True]),
        ("risk=moderate", [True, False]),  # the latest assessment counts
        ("risk=critical", [False, False]),
        ("contact=half", [True, False]),
        ("contact=never", [False, True]),
        ("contact=month", [False, False]),
        ("contact=nonsense", [True, True]),
        ("category=low_income&text=волкова", [True, False]),
        ("category=low_income&text=зайцева", [False, False]),
    ):
        assert found(browser, query, *ids) == expected, query
    assert "Low-income family, Disabled child" in browser.see(
        "/families"
    ) or "Disabled child, Low-income" in browser.see("/families")
    assert "Иванова Мария Петровна" in browser.see("/families?category=low_income")


def test_each_count_leads_to_its_list(office: Office) -> None:
    browser = office.signed_in(OFFICER)
    filled(office)
    for by, said in (
        ("category", "Disabled child 1 50.0% Low-income family 1 50.0%"),
        ("territory", "Басинский сельсовет 2 100.0%"),
        ("curator", "Иванова Мария Петровна 1"),
        ("risk", "moderate 1"),
        ("contact", "91 to 180 days ago 1"),
        ("status", "not said 2"),
        ("level", "not said 2"),
    ):
        page = browser.get(f"/families/counts?by={by}")
        assert said in browser.see(f"/families/counts?by={by}"), by
        for place in re.findall(r'<th scope="row"><a href="([^"]+)"', page.text):
            number = browser.see(place.replace("&amp;", "&"))
            assert re.search(r"\d famil", number), place
    assert "No family matches." in browser.see("/families/counts?text=никто")


def test_a_figure_told_by_phone_stays_what_it_was(one_office: Office) -> None:
    world, browser = one_office.world, one_office.signed_in(OFFICER)
    one, other = filled(one_office)
    answer = browser.post("/certificates", "/families?category=low_income", note="Минсоцразвития")
    place = answer.headers["Location"]
    tablet = world.tablet(name="Планшет 2")
    third, _ = home(tablet, "Исаева")
    tablet.sync(
        tablet.op("category", set={"family": third, "code": "low_income", "date_from": LONG_AGO, "basis": "№ 1"})
    )
    page = browser.get(place).text
    assert "1 family" in browser.see(place)
    assert "Category: Low-income family" in browser.see(place)
    assert "Минсоцразвития" in browser.see(place)
    assert [f"/families/{id}" in page for id in (one, other, third)] == [True, False, False]
    assert "2 families" in browser.see("/families?category=low_income")
    assert "Category: Low-income family" in browser.see("/certificates")


def test_a_figure_of_one_place_is_told_to_nobody_of_another(one_office: Office) -> None:
    world, admin = one_office.world, one_office.signed_in(ADMIN)
    filled(one_office)
    one_office.add("here", "Орлова Вера", people.OFFICER, (world.here,))
    one_office.add("there", "Павлова Нина", people.OFFICER, (world.elsewhere,))
    of_all = admin.post("/certificates", "/families", text="").headers["Location"]
    of_here = one_office.signed_in("here").post("/certificates", "/families").headers["Location"]
    for login, place, status in (
        ("here", of_here, 200), ("here", of_all, 404), ("there", of_here, 404), (ADMIN, of_here, 200),
    ):  # fmt: skip
        assert one_office.signed_in(login).get(place).status_code == status, (login, place)
    assert of_here not in one_office.signed_in("there").get("/certificates").text
    assert (
        "There is no such page" in admin.get("/certificates/999").text
        or admin.get("/certificates/999").status_code == 404
    )


def test_the_figures_of_other_places_hide_none_of_one_s_own(one_office: Office) -> None:
    world = one_office.world
    with world.inside():
        own = certificates.freeze(people.find(ADMIN), "2026-01-01", "Своя", {}, frozenset([world.here]), [])
        for _each in range(certificates.SHOWN):
            certificates.freeze(people.find(ADMIN), "2026-01-01", "Чужая", {}, frozenset([world.there]), [])
        assert [each.number for each in certificates.latest(frozenset([world.here]))] == [own]


def test_the_new_pages_ask_no_more_often_when_there_is_more_to_show(one_office: Office) -> None:
    browser, tablet = one_office.signed_in(OFFICER), one_office.world.tablet()
    home(tablet, "Волкова")
    certificate = browser.post("/certificates", "/families").headers["Location"]
    pages = (
        "/families/counts",
        "/families?category=low_income&curator=nobody",
        "/certificates",
        "/visits?text=басы",
        "/",
    )
    asked = []
    for _ in range(2):
        for number in range(4):
            home(tablet, f"Зайцева{'абвг'[number]}")
            browser.post("/certificates", "/families")
        counted = []
        for page in (*pages, certificate):
            browser.see(page)
            with queries(one_office) as said:
                browser.see(page)
            counted.append(len(said))
        asked.append(counted)
    assert asked[0] == asked[1]


def test_the_card_shows_what_the_family_and_its_members_have_with_dates(one_office: Office) -> None:
    one, _ = filled(one_office)
    page = one_office.signed_in(OFFICER, "ru").see(f"/families/{one}")
    assert "куратор Иванова Мария Петровна" in page
    assert re.search(r"Ребёнок-инвалид [\d.]+ Волкова Яна [\d.]+", page)
    assert re.search(r"Малоимущая семья [\d.]+ семьи [\d.]+", page)


def test_the_card_asks_no_more_often_when_there_is_more_on_it(one_office: Office) -> None:
    browser, tablet = one_office.signed_in(OFFICER), one_office.world.tablet()
    one, child = home(tablet, "Волкова")
    asked = []
    for day in range(2):
        for code in ("hardship", "at_risk", "sen_child"):
            given = {"code": code, "date_from": moment(day + 1)[:10]}
            tablet.sync(*(tablet.op("category", set=given | owner) for owner in ({"family": one}, {"person": child})))
        browser.see(f"/families/{one}")
        with queries(one_office) as said:
            browser.see(f"/families/{one}")
        asked.append(len(said))
    assert asked[0] == asked[1]


def test_the_category_of_who_has_left_is_no_longer_the_family_s(office: Office) -> None:
    tablet, browser = office.world.tablet(), office.signed_in(ADMIN)
    first, child = home(tablet, "Абрамова")
    second, _ = home(tablet, "Белова")
    tablet.sync(tablet.op("category", set={"person": child, "code": "disabled_child", "date_from": "2020-01-01"}))
    assert found(browser, "category=disabled_child", first, second) == [True, False]
    with office.world.inside(), reading() as connection:
        link = projections.table("membership").c
        (old,) = connection.scalars(select(link.record).where(link.person == child))
    gone = [{"from": "2020-01-01"}], [{"from": "2020-01-01", "to": "2024-05-01"}]
    ward = tablet.op("membership", set={"person": child, "family": second, "role": "ward"})
    ward["add"] = {"periods": [{"from": "2024-05-02"}]}
    tablet.sync(ward, tablet.op("membership", old, base=1, remove={"periods": gone[0]}, add={"periods": gone[1]}))
    for _ in range(2):
        assert found(browser, "category=disabled_child", first, second) == [False, True]
        assert "Disabled child" not in browser.get(f"/families/{first}").text
        with office.world.inside(), writing() as connection:
            projections.rebuild(connection)
            standing.refill(connection)
