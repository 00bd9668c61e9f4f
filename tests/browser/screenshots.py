"""Screenshots of every page, wide and narrow, for people to look at: `python -m tests.browser.screenshots OUTDIR
[NAME…]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from server import people
from server.roles import AUDITOR
from tests.browser.serving import served
from tests.browser.village import settle
from tests.server.web.scene import ADMIN, OFFICER, Office
from tests.support import chromium
from tests.support.world import World, make_app

WIDTHS = {"wide": (1366, 768), "narrow": (390, 844)}
PAGES = {
    "start": "/",
    "visits": "/visits?since=2020-01-01",
    "visits-print": "/visits/print?since=2020-01-01",
    "families": "/families",
    "certificates": "/certificates",
    "families-none": "/families?text=xyz",
    "queue": "/queue",
    "queue-decided": "/queue/decided",
    "mending": "/mending",
    "tablets": "/tablets",
    "types": "/records",
    "records": "/records/person",
    "trips": "/trips",
    "trips-calendar": "/trips/calendar",
    "trip-new": "/trips/new",
    "management": "/management",
    "teams": "/teams",
    "lists": "/lists",
    "list": "/lists/visit_kinds",
    "imports": "/imports",
    "exports": "/exports",
    "account": "/account",
    "code": "/account/code",
    "openings": "/openings",
    "people": "/people",
    "missing": "/nowhere",
}


def main(folder: Path, only: tuple[str, ...] = ()) -> None:
    """Makes the folder and fills it, with all pages or those whose name begins so."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        world = World(make_app(f"sqlite:///{data}/vyezd.db", Path(data)))
        office = Office(world)
        office.add(AUDITOR, "Проверяющая Анна Сергеевна", AUDITOR)
        pages = PAGES | settle(world)
        with world.inside():
            pages["person"] = f"/people/{people.find(OFFICER).id}"
        pages = {name: path for name, path in pages.items() if not only or name.startswith(only)}
        with served(world.app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
            for name, size in WIDTHS.items():
                take(browser, address, (ADMIN, office.passwords[ADMIN]), pages, folder, name, size)
                take(browser, address, (AUDITOR, office.passwords[AUDITOR]), {"audit": "/audit"}, folder, name, size)
            browser.close()


def take(
    browser: Browser,
    address: str,
    account: tuple[str, str],
    pages: dict[str, str],
    folder: Path,
    width: str,
    size: tuple[int, int],
) -> None:
    """Signs in at one width and takes every page."""
    context = browser.new_context(locale="ru-RU", viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.screenshot(path=folder / f"sign-in-{width}.png", full_page=True)
    sign_in(page, *account)
    for name, path in pages.items():
        page.goto(address + path)
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    context.close()


def sign_in(page: Page, login: str, password: str) -> None:
    """Fills in the form that the page shows."""
    page.locator("[name=email]").fill(login)
    page.locator("[name=password]").fill(password)
    page.locator("main button").click()
    page.wait_for_url("**/")


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2:]))
