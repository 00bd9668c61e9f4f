"""Screenshots of the tablet's screens in the sizes it is held in: `python -m tests.browser.tablet_screens OUTDIR`."""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from schemas.ids import new_id
from tests.browser.serving import served
from tests.browser.tablet import PATIENCE, code_for, enrol, flaws, tablet_browser, type_pin
from tests.browser.village import settle
from tests.server.web.scene import LOCAL, Office
from tests.support import chromium
from tests.support.camera import photo
from tests.support.world import Tablet, World, make_app

SIZES = {"tall": (800, 1280), "wide": (1280, 800), "phone": (390, 844)}


def main(folder: Path) -> None:
    """Makes the folder and fills it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        world = World(make_app(f"sqlite:///{data}/vyezd.db", Path(data)))
        Office(world)
        family = settle(world)["family"].rsplit("/", 1)[1]
        trip_of_today(world, family)
        with served(world.app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
            for size, (width, height) in SIZES.items():
                with tablet_browser(browser, width, height) as context:
                    take(context.new_page(), address, world, family, folder, size)
            browser.close()


def trip_of_today(world: World, family: str) -> None:
    """A trip that is under way, with a settlement and a family among its stops."""
    tablet: Tablet = world.tablet(name="Бригадир")
    tablet.pull()
    today = datetime.now(LOCAL)
    dates = {"date_from": today.date().isoformat(), "date_to": (today + timedelta(days=2)).date().isoformat()}
    others = [record["id"] for record in tablet.records.values() if record["type"] == "family"][:3]
    arrive = today.replace(hour=9, minute=30, second=0, microsecond=0).isoformat()
    stops = [
        {"order": "a0", "family": family, "arrive_at": arrive, "note": "заехать за справкой"},
        {"order": "a1", "territory": world.there},
        *({"order": f"b{i}", "family": other} for i, other in enumerate(others)),
    ]
    values = {"team": world.team, "kind": "regular", "purpose": "Плановый объезд"} | dates
    status = {"status": {"from": None, "to": "under_way"}}
    tablet.sync(tablet.op("trip", new_id(), set=values | status, add={"stops": stops}))


def take(page: Page, address: str, world: World, family: str, folder: Path, size: str) -> None:
    """Every screen in one size; prints what is wrong with any."""

    def shot(name: str, path: str | None = None) -> None:
        if path is not None:
            page.goto(f"{address}/tablet/#/{path}")
            page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)
        for flaw in flaws(page):
            print(f"{name}-{size}: {flaw}")

    page.goto(f"{address}/tablet/")
    page.get_by_role("button", name="Подключить").wait_for()
    shot("enrol")
    page.get_by_label("Или введите знаки кода").fill("ABCDE-FGHJK")
    page.get_by_role("button", name="Подключить").click()
    page.get_by_role("alert").wait_for()
    shot("enrol-bad-code")
    enrol(page, address, code_for(world), "Иванова Мария Петровна")
    shot("ready")
    for name, path in {"route": "", "families": "families", "family": f"family/{family}"}.items():
        shot(name, path)
    page.get_by_role("button", name="Не застали").click()
    page.get_by_role("button", name="Записать: не застали").click()
    shot("family-not-at-home")
    shot("visit", f"visit/{family}")
    page.get_by_role("button", name="Как в прошлый раз").click()
    page.get_by_label("Заметки").fill("Дома мать и двое детей, печь переложена.")
    page.locator("summary").first.click()
    shot("visit-open")
    picture = {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": photo(1, (640, 480))}
    page.locator("input[type=file]").set_input_files([picture, picture | {"buffer": photo(2, (640, 480))}])
    expect(page.locator(".photos img")).to_have_count(2, timeout=PATIENCE)
    shot("visit-photos")
    page.get_by_role("button", name="Записать", exact=True).click()
    page.get_by_text("Посещение записано").wait_for()
    written = page.locator("a", has_text="Состоялось").filter(has_text="не сдано").first
    page.goto(page.url.split("#")[0] + str(written.get_attribute("href")))
    expect(page.locator(".photos img")).to_have_count(2, timeout=PATIENCE)
    shot("visit-record")
    page.locator(".photos a").first.click()
    page.locator(".card > img").wait_for()
    shot("photo")
    for name, path in {
        "edit": f"edit/{family}", "new-family": "new/family", "member": f"member/{family}", "home-waiting": "home",
        "more": "more", "workers": "workers", "copy": "copy", "records": "records", "visits": "records/visit",
    }.items():  # fmt: skip
        shot(name, path)
    page.goto(f"{address}/tablet/#/member/{family}")
    page.get_by_label("Фамилия *").fill("Иванoва")
    page.get_by_label("Имя *").fill("Яна")
    page.locator("summary", has_text="Документы").click()
    page.get_by_label("СНИЛС").fill("112-233-445 96")
    shot("member-doubt")
    page.get_by_role("button", name="Записать", exact=True).click()
    page.get_by_role("button", name="Отменить").wait_for()
    shot("families-search", "families")
    page.get_by_label("Поиск семьи").fill("семенова садовоя")
    shot("families-search")
    page.goto(f"{address}/tablet/#/home")
    page.context.set_offline(True)
    page.get_by_role("button", name="Сдать и получить новое").click()
    page.get_by_text("Сети нет").wait_for()
    shot("home-offline")
    page.context.set_offline(False)
    page.get_by_text("Всё сдано").wait_for()
    shot("home-done")
    page.locator("main li a").first.click()
    page.wait_for_timeout(200)
    shot("mend")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    shot("dark-family", f"family/{family}")
    shot("dark-visit", f"visit/{family}")
    page.reload()
    page.get_by_text("Забыли PIN?").wait_for()
    shot("lock")
    type_pin(page, "000000")
    page.get_by_text("PIN не подошёл").wait_for()
    shot("lock-wrong")
    page.get_by_text("Забыли PIN?").click()
    shot("forgotten")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
