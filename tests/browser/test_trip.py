"""A whole trip with photos over TLS: nothing that happens to the browser or the link loses anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.cutlink import CutLink
from tests.browser.killable import KillableBrowser
from tests.browser.screenshots import sign_in
from tests.browser.secure import certificate
from tests.browser.serving import served
from tests.browser.tablet import (
    WORKER,
    begin_visit,
    code_for,
    enrol,
    flaws,
    in_the_register,
    type_pin,
    village,
    watch,
    write_down,
)
from tests.server.web.scene import ADMIN, Office

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]
PATIENCE = 60_000  # milliseconds: cuts are waited out
NAMES = ("Королёва", "Бисенова", "Жукова")


@pytest.fixture
def link(office: Office) -> CutLink:
    """The way to the register."""
    office.world.app.wsgi_app = CutLink(office.world.app.wsgi_app)  # type: ignore[method-assign]
    return office.world.app.wsgi_app


@pytest.fixture
def tablet(chromium: Browser, office: Office, link: CutLink, tmp_path: Path) -> Iterator[tuple[KillableBrowser, str]]:
    """A browser that can be killed, and where the register is served."""
    context, flag = certificate(tmp_path)
    browser = KillableBrowser(chromium.browser_type, tmp_path / "profile", flag)
    with served(office.world.app, context) as address:
        yield browser, address
        browser.kill()


def test_a_trip_from_the_code_to_the_register(
    office: Office, link: CutLink, tablet: tuple[KillableBrowser, str]
) -> None:
    browser, address = tablet
    homes = {name: village(office, name) for name in NAMES}
    context = browser.open()
    page = shown(context)
    enrol(page, address, code_for(office.world), WORKER)
    assert what_keeps_it_from_being_installed(page) == []
    context.set_offline(True)
    for name, note in zip(NAMES[:2], ("Печь дымит, нужны дрова.", "Дома все."), strict=True):
        begin_visit(page, name, note)
        write_down(page)
    sign(page)
    begin_visit(page, NAMES[2], "Просят справку.")
    page.wait_for_timeout(300)
    browser.kill()  # in the middle of a form
    context = browser.open()
    context.set_offline(True)
    page = shown(context)
    complaints = watch(page)
    page.goto(f"{address}/tablet/#/visit/{homes[NAMES[2]]}")
    type_pin(page)
    expect(page.get_by_label("Заметки")).to_have_value("Просят справку.")
    expect(page.locator(".photos img")).to_have_count(1)
    assert flaws(page) == []
    write_down(page)
    link.cut(("POST", "/sync"), CutLink.lost)
    link.cut(("PATCH", "/uploads/"), CutLink.half, CutLink.lost)
    page.get_by_role("link", name="Сдать").click()
    expect(page.get_by_text("Ждёт отправки: 3 снимка")).to_be_visible()
    context.set_offline(False)
    page.get_by_role("button", name="Сдать и получить новое").click()
    expect(page.get_by_text("Записи сданы ✓").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Всё сдано ✓")).to_be_visible(timeout=PATIENCE)
    assert not any(link.waiting.values())
    assert [text for text in complaints if "ERR_" not in text] == []
    visits = {visit["family"]: visit for visit in in_the_register(office, "visit")}
    assert {visits[homes[name]]["notes"][0]["value"] for name in NAMES} == {
        "Печь дымит, нужны дрова.", "Дома все.", "Просят справку."
    }  # fmt: skip
    assert visits[homes[NAMES[1]]]["review_state"] == "submitted"
    days = {visit["started_at"][:10] for visit in visits.values()}
    assert {family["last_contact"] for family in in_the_register(office, "family")} == days
    look_from_the_office(page, office, address, homes)


def shown(context: BrowserContext) -> Page:
    page = context.pages[0]
    page.set_viewport_size({"width": 800, "height": 1280})
    return page


def what_keeps_it_from_being_installed(page: Page) -> list[object]:
    """What Chromium itself has against the manifest and against installing the app."""
    ask = page.context.new_cdp_session(page).send
    errors = [error["message"] for error in ask("Page.getAppManifest")["errors"]]
    return [*errors, *ask("Page.getInstallabilityErrors")["installabilityErrors"]]


def sign(page: Page) -> None:
    page.get_by_role("link", name="Сегодняшнее посещение").click()
    expect(page.locator(".photos img")).to_have_count(1)
    assert flaws(page) == []
    page.get_by_role("button", name="Подписать и отдать на проверку").click()
    expect(page.get_by_text("Подписано: уйдёт на проверку")).to_be_visible()


def look_from_the_office(page: Page, office: Office, address: str, homes: dict[str, str]) -> None:
    """Each family's page has its photo."""
    page.goto(f"{address}/sign-in")
    sign_in(page, ADMIN, office.passwords[ADMIN])
    for family in homes.values():
        page.goto(f"{address}/families/{family}")
        expect(page.get_by_text("Все файлы получены")).to_be_visible()
        expect(page.locator(".photos img")).to_have_count(1)
