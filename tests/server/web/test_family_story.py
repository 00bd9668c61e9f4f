"""A family's history on its card: every value of the family and of all that hangs on it, with who wrote it, when, on
which tablet and what it replaced."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from server import audit
from server.db import reading
from server.reading import timeline
from server.reading.reach import EVERYBODY
from server.reading.words import Words
from tests.contract.test_query_plans import scans, statements
from tests.server.web.scene import ADMIN, LOCAL, OFFICER, Browser, Office, join, moment, visit
from tests.server.web.test_lists import queries
from tests.server.web.test_shields import shield
from tests.support.steps import step
from tests.support.world import Tablet


@pytest.fixture
def tablets(office: Office) -> tuple[Tablet, Tablet]:
    return office.world.tablet(), office.world.tablet(name="Планшет 2")


def lived(tablet: Tablet) -> dict[str, Any]:
    """A family with a mother, a child, a visit, a category and a service."""
    made = tablet.family(address="с Басы, ул. Мира, 1")
    mother = join(tablet, made["id"], "Волкова", "Вера", "mother", "1990-05-03")
    child = join(tablet, made["id"], "Волкова", "Яна", "child", "2019-02")
    met = visit(tablet, made["id"], days=3, purpose="Знакомство")
    poor = tablet.op("category", set={"family": made["id"], "code": "low_income", "date_from": moment(9)[:10]})
    tablet.sync(made, *mother, *child, met, poor)
    ids = {"family": made, "mother": mother[0], "child": child[0], "link": child[1], "visit": met, "category": poor}
    return {name: op["id"] for name, op in ids.items()}


def acts(page: str) -> list[str]:
    """What each act of a story says, newest first."""
    story = page.split('id="story"')[1]
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in story.split("<tbody>")[1:]]


def test_the_card_tells_who_wrote_each_value_of_the_family_and_its_members_and_what_it_replaced(
    office: Office, tablets: tuple[Tablet, Tablet]
) -> None:
    first, second = tablets
    one = lived(first)
    officer = office.signed_in(OFFICER, "ru")
    with step("Второй планшет правит ребёнка, посещение и категорию"):
        second.pull()
        by = office.world.colleague
        second.sync(second.op("person", one["child"], by=by, set={"given": "Яника"}))
        second.sync(second.op("visit", one["visit"], by=by, set={"purpose": "Помощь с пособием"}))
        second.sync(second.op("category", one["category"], by=by, set={"date_to": moment()[:10]}))
        told = acts(officer.get(f"/families/{one['family']}").text)
        assert "Категория" in told[0]
        assert "Посещение" in told[1]
        assert re.search(r"Петрова Анна Ильинична, Планшет 2 \(Здоровая семья\)", told[1])
        assert re.search(r"Цель Помощь с пособием Знакомство действует", told[1])
        assert re.search(r"Человек Волкова Яника .*Имя Яника Яна действует", told[2])
        assert len(told) == 3 + 7
    with step("Только посещения: отбор по виду записи"):
        told = acts(officer.get(f"/families/{one['family']}/history?kind=visit").text)
        assert len(told) == 2
        assert all("Посещение" in each for each in told)
    with step("Удалённое посещение остаётся в истории: кто удалил и когда"):
        second.pull()
        second.sync(second.op("visit", one["visit"], by=by, delete=True))
        told = acts(officer.get(f"/families/{one['family']}").text)
        assert re.search(r"Петрова Анна Ильинична.*Посещение.*Удаление записи удалена есть", told[0])


def test_a_story_goes_on_page_by_page_and_asks_no_more_often(one_office: Office) -> None:
    tablet, officer = one_office.world.tablet(), one_office.signed_in(OFFICER, "ru")
    one = lived(tablet)
    page = f"/families/{one['family']}/history"
    asked = []
    for days in (range(1, 61), range(61, 81)):
        tablet.sync(*(visit(tablet, one["family"], day, purpose=f"Цель {day}.") for day in days))
        officer.see(page)
        with queries(one_office) as said:
            first = officer.get(page).text
        asked.append(len(said))
    assert asked[0] == asked[1]
    rest = officer.get(f"{page}?page=2").text
    assert "Страница 1" in first
    assert (len(acts(first)), len(acts(rest))) == (50, 80 + 7 - 50)
    assert not set(re.findall(r"Цель \d+\.", first)) & set(re.findall(r"Цель \d+\.", rest))
    assert "вся история" in officer.see(f"/families/{one['family']}").lower()
    assert officer.get(f"{page}?kind=nonsense").status_code == 200


def test_every_row_of_a_story_is_found_by_an_index(office: Office, tablets: tuple[Tablet, Tablet]) -> None:
    family, words = lived(tablets[0])["family"], Words("ru", LOCAL)
    with office.world.inside(), statements(office.world) as sent:
        timeline.of_family(family, None, EVERYBODY, date.today(), words)
    own = {said: parameters for said, parameters in sent.items() if re.search(r"proj_|FROM op|deleted", said)}
    assert len(own) >= 6
    with office.world.inside(), reading() as connection:
        found = [part for each in own.items() for part in scans(connection, *each)]
    assert [part for part in found if re.search(r"proj_|\bop\b|\brecord\b", part)] == []


def test_what_sits_apart_from_the_reader_is_not_in_the_story(office: Office, tablets: tuple[Tablet, Tablet]) -> None:
    tablet, _other = tablets
    one = lived(tablet)
    other = tablet.family(address="с Басы, ул. Тихая, 9")
    shared = tablet.op("membership", set={"family": other["id"], "person": one["child"], "role": "ward"})
    secret = tablet.op("category", set={"person": one["child"], "code": "disabled_child", "date_from": "2026-01-12"})
    tablet.sync(other, shared | {"add": {"periods": [{"from": "2024-01-01"}]}}, secret)
    admin, officer = office.signed_in(ADMIN, "ru"), office.signed_in(OFFICER, "ru")
    page = f"/families/{one['family']}/history"
    assert "Яна" in officer.see(page)
    assert "12.01.2026" in officer.see(page)
    shield(admin, other["id"], "adoption", devices=tablet.device)
    for seen in (officer.see(page), officer.see(f"/families/{one['family']}"), officer.see(f"{page}?kind=category")):
        assert "Яна" not in seen
        assert "12.01.2026" not in seen
    assert "12.01.2026" in admin.see(page)
    assert officer.get(f"/families/{other['id']}/history").status_code == 404
    with office.world.inside():
        (entry, *_more) = audit.entries(family=one["family"], action="read")
    assert entry.details["page"] == "families.story"


def test_an_officer_of_another_district_reads_no_story(one_office: Office) -> None:
    one = lived(one_office.world.tablet())
    one_office.add("there", "Павлова Нина", "officer", (one_office.world.elsewhere,))
    browser: Browser = one_office.signed_in("there")
    assert browser.get(f"/families/{one['family']}/history").status_code == 404
