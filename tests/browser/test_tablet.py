"""What a worker does with a tablet on a trip, in a real browser against a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.tablet import (
    PATIENCE,
    code_for,
    come_home,
    enrol,
    flaws,
    is_ready,
    join_team,
    make_up_pin,
    open_family,
    tablet_browser,
    type_pin,
)
from tests.server.web.scene import Office, join

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]
WORKER = "Иванова Мария Петровна"


def watch(page: Page) -> list[str]:
    """What the browser has against the app: refused styles and scripts, errors; a lost network is no complaint."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def village(office: Office) -> str:
    """A family that the office knows. Returns its id."""
    tablet = office.world.tablet(name="Прежний планшет")
    made = tablet.family(address="с Басы, ул. Мира, 1")
    tablet.sync(made, *join(tablet, made["id"], "Королёва", "Алёна", "mother", "1990-05-03"))
    return str(made["id"])


def in_the_register(office: Office, type: str) -> list[dict[str, Any]]:
    """The records of a type as another tablet of the team reads them."""
    reader = office.world.tablet(name="Читатель")
    reader.pull()
    return [record["fields"] for record in reader.records.values() if record["type"] == type]


def not_at_home(page: Page) -> None:
    """In two taps."""
    page.get_by_role("button", name="Не застали").click()
    page.get_by_role("button", name="Записать: не застали").click()
    expect(page.get_by_text("Записано: не застали")).to_be_visible()


def test_a_trip_from_the_code_to_the_register(chromium: Browser, office: Office, address: str) -> None:
    family = village(office)
    with tablet_browser(chromium) as context:
        page = context.new_page()
        complaints = watch(page)
        enrol(page, address, code_for(office.world), WORKER)
        context.set_offline(True)
        page.reload()
        type_pin(page)
        open_family(page, "каралева")
        page.get_by_role("link", name="Записать посещение").click()
        page.get_by_role("button", name="Топливо и отопление").click()
        page.get_by_label("Заметки").fill("Печь дымит, нужны дрова.")
        page.wait_for_timeout(300)
        page.reload()  # killed in the middle of a form
        type_pin(page)
        expect(page.get_by_label("Заметки")).to_have_value("Печь дымит, нужны дрова.")
        page.get_by_role("button", name="через 14 дней").click()
        page.get_by_role("button", name="Записать", exact=True).click()
        expect(page.get_by_text("Посещение записано")).to_be_visible()
        page.get_by_role("link", name="Сегодняшнее посещение").click()
        page.get_by_role("button", name="Подписать и отдать на проверку").click()
        expect(page.get_by_text("Подписано: уйдёт на проверку")).to_be_visible()
        context.set_offline(False)
        lost = LostAnswer()
        page.route("**/api/v1/sync", lost)
        come_home(page)
        assert lost.count == 1
        assert [text for text in complaints if "ERR_" not in text] == []
    (visit,) = in_the_register(office, "visit")
    assert (visit["family"], visit["needs"], visit["result"]) == (family, ["heating"], "held")
    assert [entry["value"] for entry in visit["notes"]] == ["Печь дымит, нужны дрова."]
    assert (visit["review_state"], bool(visit["signed_at"])) == ("submitted", True)


class LostAnswer:
    """A link on which the first answer is lost: the server has heard, the tablet does not know."""

    count = 0

    def __call__(self, route: Route) -> None:
        if self.count:
            return route.continue_()
        self.count += 1
        route.fetch()
        route.abort("connectionreset")


def test_neither_a_cleared_browser_nor_a_forgotten_pin_loses_a_record(
    chromium: Browser, office: Office, address: str, tmp_path: Path
) -> None:
    village(office)
    with tablet_browser(chromium) as context:
        page = context.new_page()
        enrol(page, address, code_for(office.world), WORKER)
        open_family(page, "Королёва")
        not_at_home(page)
        page.goto(f"{address}/tablet/#/copy")
        with page.expect_download() as download:
            page.get_by_role("button", name="Скачать копию").click()
        download.value.save_as(copy := tmp_path / "copy.vyezd")
        assert "not_at_home" not in copy.read_text(encoding="utf-8")
    with tablet_browser(chromium) as context:  # nothing is left of the first one's storage
        page = context.new_page()
        enrol(page, address, code_for(office.world), WORKER)
        page.goto(f"{address}/tablet/#/copy")
        page.get_by_label("Файл копии").set_input_files(copy)
        expect(page.get_by_text("Взято из копии: 1 правка")).to_be_visible()
        open_family(page, "Королёва")
        not_at_home(page)
        page.reload()
        page.get_by_role("button", name="Забыли PIN?").click()
        page.get_by_role("button", name="У меня есть новый код").click()
        join_team(page, code_for(office.world), WORKER)
        make_up_pin(page, "135791")
        is_ready(page)
        page.get_by_role("link", name="Сдать").click()
        expect(page.get_by_text("Всё сдано ✓")).to_be_visible(timeout=PATIENCE)
    assert [visit["result"] for visit in in_the_register(office, "visit")] == ["not_at_home", "not_at_home"]


@pytest.mark.usefixtures("garden")
def test_two_tablets_differ_the_office_decides_and_a_new_type_has_its_form(
    chromium: Browser, office: Office, address: str
) -> None:
    family = village(office)
    colleague = office.world.tablet(name="Планшет 2")
    colleague.pull()
    with tablet_browser(chromium, 390, 844) as context:
        page = context.new_page()
        complaints = watch(page)
        enrol(page, address, code_for(office.world), WORKER)
        colleague.sync(colleague.op("family", family, set={"address": "с Басы, ул. Мира, 7"}))
        page.goto(f"{address}/tablet/#/edit/{family}")
        page.get_by_label("Адрес").fill("с Басы, ул. Садовая, 12")
        page.get_by_role("button", name="Записать", exact=True).click()
        expect(page.get_by_label("Адрес")).to_have_count(0)
        page.goto(f"{address}/tablet/#/new/garden/{family}")
        page.get_by_label("Название").fill("За домом")
        page.get_by_role("button", name="Записать", exact=True).click()
        expect(page.get_by_role("heading", name="За домом")).to_be_visible()
        come_home(page)
        assert flaws(page) == []
        page.goto(f"{address}/tablet/#/family/{family}")
        expect(page.get_by_text("Расхождение: Адрес")).to_be_visible()
        expect(page.get_by_text("«с Басы, ул. Мира, 7»")).to_be_visible()
        assert flaws(page) == []
        office.world.decide("family", family, office.world.record(family).rev, address="с Басы, ул. Мира, 7")
        page.get_by_role("link", name="Сдать").click()
        page.get_by_role("button", name="Получить новое").click()
        expect(page.get_by_text("Всё сдано ✓")).to_be_visible(timeout=PATIENCE)
        page.goto(f"{address}/tablet/#/family/{family}")
        expect(page.get_by_text("Расхождение: Адрес")).to_have_count(0)
        expect(page.get_by_role("definition").get_by_text("с Басы, ул. Мира, 7")).to_be_visible()
        assert complaints == []
    assert [garden["name"] for garden in in_the_register(office, "garden")] == ["За домом"]
