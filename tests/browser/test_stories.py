"""Days at the office, played in a real Chromium: the planner's Friday, the officer's 3rd of the month, the admin's
hour.

Each goes by what stands on the pages. On the way every page that is met is asked of axe-core.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.screenshots import sign_in
from tests.server.web.scene import ADMIN, OFFICER, Office, join, moment, two_addresses, visit
from tests.server.web.test_trips import home
from tests.support.steps import step
from tests.support.world import World

pytestmark = pytest.mark.browser
MOST_STEPS = 60  # of the Tab key to anything on a page


@contextmanager
def browser_of(chromium: Browser, locale: str = "ru-RU") -> Iterator[Page]:
    """A monitor in the office."""
    context = chromium.new_context(
        locale=locale, timezone_id="Europe/Astrakhan", viewport={"width": 1366, "height": 768}, accept_downloads=True
    )
    context.set_default_timeout(20_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def enter(page: Page, office: Office, address: str, login: str) -> None:
    page.goto(f"{address}/sign-in")
    sign_in(page, login, office.passwords[login])


def is_clean(page: Page) -> None:
    """Nothing on the page is against WCAG 2.2 AA."""
    assert violations(page) == [], page.url


def reach(page: Page, wanted: Locator) -> None:
    """By the Tab key alone, as somebody without a mouse."""
    for _step in range(MOST_STEPS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached by Tab: {wanted}")


def press(page: Page, wanted: Locator) -> None:
    """Enter on a link or a button that was reached by keyboard."""
    reach(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def download(page: Page, name: str) -> Path:
    """The file behind a link."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=name).click()
    return Path(coming.value.path())


def promised_home(world: World, surname: str, number: str) -> str:
    """A family that was promised a visit by today."""
    tablet = world.tablet(name=f"Планшет {surname}")
    family = home(tablet, surname, number)
    tablet.sync(visit(tablet, family, days=30, next_visit_due=moment()[:10]))
    return family


def test_the_planner_s_friday_by_keyboard_alone(chromium: Browser, office: Office, address: str) -> None:
    world = office.world
    family = promised_home(world, "Абрамова", "1/2026")
    tablet = world.tablet()
    with browser_of(chromium) as page:
        with step("Входит и планирует выезд на понедельник"):
            enter(page, office, address, OFFICER)
            press(page, page.get_by_role("link", name="Выезды"))
            is_clean(page)
            press(page, page.get_by_role("button", name="Запланировать выезд"))
            reach(page, page.get_by_label("Бригада"))
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowDown")
            page.get_by_label("Первый день").fill(moment(-3)[:10])
            reach(page, page.get_by_label("Цель"))
            page.keyboard.type("Плановый объезд")
            press(page, page.get_by_role("button", name="Дальше: остановки"))
            expect(page.get_by_role("status")).to_contain_text("Выезд запланирован")
        with step("Отмечает, кому обещали прийти"):
            reach(page, page.get_by_role("checkbox", name=re.compile("Абрамова Вера")))
            page.keyboard.press("Space")
            press(page, page.get_by_role("button", name="Добавить в маршрут"))
            expect(page.get_by_role("link", name="Абрамова Вера, № 1/2026")).to_be_visible()
            is_clean(page)
        with step("Ставит время и заметку"):
            page.get_by_label("Прибытие на остановку 1").fill(f"{moment(-3)[:10]}T09:30")
            reach(page, page.get_by_label("Примечание к остановке 1"))
            page.keyboard.type("Взять справку")
            press(page, page.get_by_role("button", name="Сохранить маршрут"))
            expect(page.get_by_role("status")).to_contain_text("Маршрут изменён")
        with step("Печатает лист с бланками"):
            press(page, page.get_by_role("link", name="Лист с бланками посещений"))
            is_clean(page)
            expect(page.get_by_role("heading", name="Посещение семьи: Абрамова Вера")).to_be_visible()
            page.emulate_media(media="print")
            expect(page.locator("header")).to_be_hidden()
    with step("Планшет уезжает с маршрутом"):
        tablet.pull()
        (trip,) = [each for each in tablet.records.values() if each["type"] == "trip"]
        (stop,) = trip["fields"]["stops"]
        assert (stop["family"], stop["note"]) == (family, "Взять справку")
        assert stop["arrive_at"].startswith(f"{moment(-3)[:10]}T09:30")


def test_the_officer_s_third_of_the_month(chromium: Browser, office: Office, address: str) -> None:
    world = office.world
    tablet = world.tablet()
    tablet.pull()
    made = tablet.family(address="с Басы, ул. Мира, 1")
    met = visit(tablet, made["id"], purpose="Плановое посещение")
    members = join(tablet, made["id"], "Абрамова", "Вера", "mother", "1990-05-03", is_legal_representative=True)
    signed = {"signed_at": moment(), "review_state": {"from": None, "to": "submitted"}}
    tablet.sync(made, *members, met, tablet.op("visit", met["id"], set=signed))
    with browser_of(chromium) as page:
        with step("Принимает посещение, которое ждёт проверки"):
            enter(page, office, address, OFFICER)
            page.goto(f"{address}/visits/{met['id']}")
            page.get_by_role("button", name="Принять").first.click()
            expect(page.get_by_role("status")).to_contain_text("Принято")
            is_clean(page)
        with step("Журнал за месяц: книга и документ"):
            page.get_by_role("link", name="Управление").click()
            page.get_by_role("link", name="Выгрузка").click()
            is_clean(page)
            log = page.locator("article", has=page.get_by_role("heading", name="Журнал посещений"))
            for shape in ("XLSX", "DOCX"):
                log.get_by_label("Вид файла").select_option(shape)
                log.get_by_role("button", name="Сделать файл").click()
                expect(page.get_by_role("button", name="Скачать файл")).to_be_visible()
                is_clean(page)
                content = _saved(page)
                if shape == "XLSX":
                    assert load_workbook(BytesIO(content)).active["H2"].value == "Абрамова Вера"
                assert content[:2] == b"PK"
                page.go_back()


def _saved(page: Page) -> bytes:
    with page.expect_download() as coming:
        page.get_by_role("button", name="Скачать файл").click()
    return Path(coming.value.path()).read_bytes()


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_admin_s_hour(chromium: Browser, office: Office, address: str, lang: str) -> None:
    """A new team with a specialist, its tablet, an account, a value of a code list, families from a file, a
    расхождение."""
    said = WORDS[lang]
    world = office.world
    family = two_addresses(world.tablet(), world.tablet(name="Планшет 2"))
    with browser_of(chromium, "ru-RU" if lang == "ru" else "en-GB") as page:
        enter(page, office, address, ADMIN)
        with step("Бригада и специалист"):
            page.get_by_role("link", name=said["management"]).click()
            page.get_by_role("link", name=said["teams"]).click()
            page.get_by_label(said["code"]).fill("ЗС-9")
            page.get_by_label(said["name"]).fill("Девятая бригада")
            page.get_by_label(said["territories"]).select_option(world.here)
            page.get_by_role("button", name=said["set up"]).click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("Девятая бригада")
            page.get_by_label(said["person"]).last.fill("Орлова Вера Павловна")
            page.get_by_role("button", name=said["add"]).click()
            expect(page.get_by_label(said["person"]).first).to_have_value("Орлова Вера Павловна")
            is_clean(page)
        with step("Код для планшета: знаки и рисунок"):
            page.get_by_role("button", name=said["tablet code"]).click()
            expect(page.locator(".qr svg")).to_be_visible()
            shown = page.locator("article code").inner_text()
            is_clean(page)
            answer = page.request.post(
                f"{address}/api/v1/devices/enroll",
                data={"code": shown, "name": "Планшет ЗС-9", "platform": "test", "public_key": "key"},
            )
            assert answer.status == 200
        with step("Загрузка семей: проба, затем всерьёз"):
            page.get_by_role("link", name=said["management"]).click()
            page.get_by_role("link", name=said["imports"]).click()
            is_clean(page)
            table = (
                "ID семьи;Территория;ФИО;Дата рождения\n7;12635402;Жукова Анна Львовна;03.05.1990\n8;?;Ким Яна;1990\n"
            )
            sent = {"name": "семьи.csv", "mimeType": "text/csv", "buffer": table.encode()}
            page.locator("#families input[type=file]").set_input_files(sent)  # type: ignore[arg-type]
            page.locator("#families button").click()
            expect(page.get_by_text(said["trial"])).to_be_visible()
            is_clean(page)
            page.get_by_role("button", name=said["import one"]).click()
            expect(page.get_by_text(said["written"])).to_be_visible()
            page.goto(f"{address}/families?text=жукова")
            expect(page.get_by_role("link", name="Жукова Анна Львовна").first).to_be_visible()
        with step("Расхождение"):
            page.goto(f"{address}/queue/disputed:{family}:address")
            page.get_by_label("ул. Мира, 7").check()
            page.get_by_role("button", name=said["decide"], exact=True).click()
            assert world.record(family).fields["address"] == "с Образцовое, ул. Мира, 7"


WORDS = {
    "ru": {
        "management": "Управление", "teams": "Бригады и специалисты", "code": "Короткий код", "name": "Название",
        "territories": "Территории", "set up": "Завести бригаду", "person": "Фамилия, имя, отчество", "add": "Добавить",
        "tablet code": "Код для планшета", "imports": "Загрузка", "trial": "ничего ещё не записано",
        "import one": "Загрузить строк: 1", "written": "Записано.", "decide": "Решить",
    },
    "en": {
        "management": "Management", "teams": "Teams and specialists", "code": "Short code", "name": "Name",
        "territories": "Territories", "set up": "Set up the team", "person": "Surname, name, patronymic", "add": "Add",
        "tablet code": "Code for a tablet", "imports": "Imports", "trial": "nothing is written yet",
        "import one": "Import 1 rows", "written": "It is written.", "decide": "Decide",
    },
}  # fmt: skip
