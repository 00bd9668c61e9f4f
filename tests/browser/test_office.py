"""What people of the office do, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.screenshots import PAGES, sign_in
from tests.browser.village import settle
from tests.server.web.scene import ADMIN, OFFICER, Office, join, moment, person, proposal, two_addresses, visit

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser has against the pages: refused styles and scripts, failed requests, errors."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def enter(page: Page, office: Office, address: str, login: str = ADMIN) -> None:
    page.goto(f"{address}/sign-in")
    sign_in(page, login, office.passwords[login])


def test_an_admin_signs_in_opens_a_dispute_decides_and_the_tablet_gets_it(
    page: Page, office: Office, address: str, complaints: list[str]
) -> None:
    first, second = office.world.tablet(), office.world.tablet(name="Планшет 2")
    family = two_addresses(first, second)
    enter(page, office, address)
    page.get_by_role("link", name="На решение").click()
    page.get_by_role("link", name="Расхождения 1").click()
    page.get_by_role("link", name="Расхождение: Адрес").click()
    expect(page.get_by_text("Последнее значение, известное всем")).to_contain_text("ул. Ленина, 5")
    page.get_by_label("ул. Мира, 7").check()
    page.get_by_label("Замечание авторам").fill("Проверено по телефону.")
    page.get_by_role("button", name="Решить", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Решение записано")
    expect(page.get_by_text("Решать нечего")).to_be_visible()
    first.pull()
    assert first.records[family]["fields"]["address"] == "с Образцовое, ул. Мира, 7"
    assert not complaints


def test_the_whole_decision_can_be_made_with_the_keyboard(page: Page, office: Office, address: str) -> None:
    family = two_addresses(office.world.tablet(), office.world.tablet(name="Планшет 2"))
    enter(page, office, address)
    page.goto(f"{address}/queue/disputed:{family}:address")
    page.get_by_label("ул. Мира, 7").focus()
    page.keyboard.press("Space")
    page.get_by_label("Замечание авторам").focus()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("Решить")
    assert focused.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Решение записано")


def test_an_admin_accepts_what_a_team_proposes_and_the_tablet_hears_of_it(
    page: Page, office: Office, address: str, complaints: list[str]
) -> None:
    tablet = office.world.tablet()
    made = tablet.family(address="с Басы, ул. Мира, 1")
    tablet.sync(made)
    op = proposal(tablet, str(made["id"]))
    enter(page, office, address)
    page.get_by_role("link", name="Предложения бригад").click()
    page.get_by_role("link", name="Бригада предлагает изменить: Номер дела").click()
    expect(page.locator("tbody tr", has_text="Номер дела")).to_contain_text("15/2014")
    page.get_by_role("button", name="Отклонить").click()
    expect(page.get_by_role("alert")).to_contain_text("Напишите, почему отклоняете")
    page.get_by_role("button", name="Принять").click()
    expect(page.get_by_role("status")).to_contain_text("Принято")
    assert tablet.sync()["settled"] == [{"settled": op, "outcome": "applied"}]
    assert office.world.record(made["id"]).fields["number"] == "15/2014"
    assert [text for text in complaints if "422" not in text] == []


def test_an_admin_corrects_one_entry_and_takes_over_another_as_it_is(
    page: Page, office: Office, address: str, complaints: list[str]
) -> None:
    tablet = office.world.tablet()
    early = tablet.family(address="с Басы, ул. Мира, 2") | {"by": office.world.stranger}
    wrong = person(tablet, snils="112-233-445 96", birth_date="2014.05")
    tablet.sync(early, wrong)
    enter(page, office, address)
    page.get_by_role("link", name="Требует исправления").first.click()
    page.get_by_role("link", name="с Басы, ул. Мира, 2").click()
    expect(page.get_by_text("не из бригады планшета")).to_be_visible()
    page.get_by_role("button", name="Принять как есть").click()
    expect(page.get_by_role("status")).to_contain_text("Принято")
    page.get_by_role("link", name="Белова Алёна").click()
    page.get_by_label("Исправлено: СНИЛС").fill("112-233-445 95")
    page.get_by_label("Исправлено: Дата рождения").fill("03.05.2014")
    page.get_by_role("button", name="Исправить и принять").click()
    expect(page.get_by_text("Исправлять нечего")).to_be_visible()
    assert office.world.record(early["id"]).fields["address"] == "с Басы, ул. Мира, 2"
    fields = office.world.record(wrong["id"]).fields
    assert (fields["snils"], fields["birth_date"]) == ("11223344595", "2014-05-03")
    assert not complaints


def test_families_are_found_while_typing(page: Page, office: Office, address: str, complaints: list[str]) -> None:
    tablet = office.world.tablet()
    for surname in ("Королёва", "Волкова"):
        made = tablet.family()
        tablet.sync(made, *join(tablet, made["id"], surname, "Анна", "mother", "1990"))
    enter(page, office, address, OFFICER)
    page.goto(f"{address}/families")
    page.get_by_label("Номер дела").press_sequentially("корол")
    expect(page.get_by_role("link", name="Волкова Анна")).to_have_count(0)
    expect(page.get_by_role("link", name="Королёва Анна").first).to_be_visible()
    expect(page).to_have_url(re.compile("text="))
    assert page.get_by_label("Номер дела").evaluate("element => element === document.activeElement")
    assert not complaints


def test_the_log_follows_its_filter_and_can_be_printed(page: Page, office: Office, address: str) -> None:
    settle(office.world)
    enter(page, office, address)
    page.goto(f"{address}/visits")
    page.locator("select[name=result]").select_option("Отказ от услуг")
    expect(page.locator("tbody tr", has_text="Состоялось")).to_have_count(0)
    page.get_by_role("link", name="Журнал для печати").click()
    assert "result=refused" in page.url
    page.emulate_media(media="print")
    expect(page.locator("header")).to_be_hidden()
    expect(page.get_by_text("Ctrl+P")).to_be_hidden()


def test_visits_are_ticked_and_accepted_by_keyboard(
    page: Page, office: Office, address: str, complaints: list[str]
) -> None:
    tablet = office.world.tablet()
    made = tablet.family()
    submitted = {"signed_at": moment(), "review_state": {"from": None, "to": "submitted"}}
    tablet.sync(made, *(visit(tablet, made["id"], days, **submitted) for days in (1, 2, 3)))
    enter(page, office, address, OFFICER)
    page.goto(f"{address}/visits?since=2020-01-01")
    page.locator("tbody tr a").first.focus()
    for key in ("x", "ArrowDown", "ArrowDown", "x"):
        page.keyboard.press(key)
    assert page.locator("tbody input:checked").count() == 2
    page.get_by_role("button", name="Принять").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Принято: 2 посещения")
    page.get_by_label("Отметить все").check()
    assert page.locator("tbody input:checked").count() == 3
    assert not complaints


def test_a_digit_decides_and_the_next_matter_opens(page: Page, office: Office, address: str) -> None:
    first, second = office.world.tablet(), office.world.tablet(name="Планшет 2")
    families = [two_addresses(first, second) for _ in range(2)]
    enter(page, office, address)
    page.goto(f"{address}/queue/disputed:{families[0]}:address")
    page.get_by_label("Замечание авторам").press("1")  # who types is not deciding
    expect(page.get_by_label("Замечание авторам")).to_have_value("1")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile(families[1]))
    expect(page.get_by_role("status")).to_contain_text("Посмотреть или отменить")


def test_a_table_is_copied_with_its_numbers_and_phones_as_text(page: Page, office: Office, address: str) -> None:
    tablet = office.world.tablet()
    made = tablet.family()
    made["add"] = {"phones": ["+79111234567"]}
    tablet.sync(made)
    office.world.decide("family", made["id"], 1, number="15/2014")
    enter(page, office, address, OFFICER)
    page.goto(f"{address}/families")
    page.evaluate("""document.addEventListener("copy", (event) => {
        window.copied = [event.clipboardData.getData("text/html"), event.clipboardData.getData("text/plain")];
    })""")
    page.get_by_role("button", name="Скопировать таблицу").click()
    html, plain = page.evaluate("window.copied")
    assert """mso-number-format:"\\@"'>15/2014</td>""" in html
    assert "<td>0</td>" in html  # a number stays one
    assert plain.splitlines()[1].startswith("15/2014\t")
    assert "+7 911 123-45-67" in plain


@pytest.mark.parametrize("width", [390, 1366])
def test_no_page_is_wider_than_the_screen_refused_by_the_browser_or_against_wcag_2_2_aa(
    page: Page, office: Office, address: str, complaints: list[str], width: int
) -> None:
    pages = {**PAGES, **settle(office.world)}
    page.set_viewport_size({"width": width, "height": 800})
    enter(page, office, address)
    for name, path in pages.items():
        page.goto(address + path)
        room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert room[0] <= room[1] or name == "visits-print", name
        assert width < 1366 or violations(page) == [], name
    assert [text for text in complaints if "404" not in text] == []
