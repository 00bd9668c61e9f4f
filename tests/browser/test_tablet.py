"""What a worker does with a tablet on a trip, in a real browser against a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.tablet import (
    PATIENCE,
    WORKER,
    code_for,
    come_home,
    enrol,
    flaws,
    in_the_register,
    is_ready,
    join_team,
    make_up_pin,
    open_family,
    tablet_browser,
    village,
    watch,
)
from tests.server.web.scene import Office

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]


SCREENS = (
    "", "families", "visit/{family}", "edit/{family}", "member/{family}", "new/family", "record/{family}", "ready",
    "workers", "copy", "records", "records/visit", "more", "enrol",
)  # fmt: skip
"""Where axe-core, the contrast of text (7:1) and the size of targets (48 px) are looked at besides."""


def not_at_home(page: Page) -> None:
    """In two taps."""
    page.get_by_role("button", name="Не застали").click()
    page.get_by_role("button", name="Записать: не застали").click()
    expect(page.get_by_text("Записано: не застали")).to_be_visible()


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
        for place in SCREENS:
            page.goto(f"{address}/tablet/#/{place.format(family=family)}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert flaws(page) == [], place
        assert complaints == []
    assert [garden["name"] for garden in in_the_register(office, "garden")] == ["За домом"]
