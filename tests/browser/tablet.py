"""A tablet's app in a real Chromium, as a worker's fingers use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from server import devices
from tests.server.web.scene import Office, join
from tests.support.camera import photo
from tests.support.world import World

AXE = Path(__file__).parents[2] / "client_stub" / "web" / "node_modules" / "axe-core" / "axe.min.js"
PIN = "246810"
WORKER = "Иванова Мария Петровна"
PATIENCE = 20_000  # milliseconds: a loaded machine stretches a key (PBKDF2) slowly


def code_for(world: World) -> str:
    """A one-time code of the team."""
    with world.inside():
        return devices.new_code(world.team)[0]


@contextmanager
def tablet_browser(chromium: Browser, width: int = 800, height: int = 1280) -> Iterator[BrowserContext]:
    """A browser profile of its own that is held in the hands of a Russian speaker in the district."""
    context = chromium.new_context(
        locale="ru-RU", timezone_id="Europe/Astrakhan", viewport={"width": width, "height": height}, has_touch=True
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield context
    finally:
        context.close()


def enrol(page: Page, address: str, code: str, worker: str) -> None:
    """From the first screen to a tablet that is ready for the trip."""
    page.goto(f"{address}/tablet/")
    join_team(page, code, worker)
    make_up_pin(page, PIN)
    page.evaluate("navigator.serviceWorker.ready")
    is_ready(page)


def is_ready(page: Page) -> None:
    """The team's data are there, and both sides have agreed on them."""
    expect(page.get_by_role("heading", name="Готовность к выезду")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("На планшете")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Получаем данные бригады")).to_have_count(0, timeout=PATIENCE)


def join_team(page: Page, code: str, worker: str) -> None:
    """The code, and who she is."""
    page.get_by_label("Или введите знаки кода").fill(code)
    page.get_by_role("button", name="Подключить").click()
    page.get_by_role("button", name=worker).click()


def make_up_pin(page: Page, pin: str) -> None:
    """A new PIN is typed twice."""
    type_pin(page, pin)
    expect(page.get_by_role("heading", name="Повторите PIN")).to_be_visible()
    type_pin(page, pin)


def type_pin(page: Page, pin: str = PIN) -> None:
    """On the keys of the screen."""
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="OK").click()


def open_family(page: Page, name: str) -> None:
    """Through the search, as it is done at a gate."""
    page.get_by_role("link", name="Семьи", exact=True).click()
    page.get_by_label("Поиск семьи").fill(name)
    page.locator("main li a").first.click()


def begin_visit(page: Page, name: str, note: str) -> None:
    """With a note and a photo."""
    open_family(page, name)
    page.get_by_role("link", name="Записать посещение").click()
    page.get_by_label("Заметки").fill(note)
    picture = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo(name, (640, 480))}
    page.locator("input[type=file]").set_input_files(picture)
    expect(page.locator(".photos img")).to_have_count(1)


def write_down(page: Page) -> None:
    """The visit on the screen."""
    page.get_by_role("button", name="Записать", exact=True).click()
    expect(page.get_by_text("Посещение записано")).to_be_visible()


def come_home(page: Page) -> None:
    """The one button, until the tablet says that all is handed in."""
    page.get_by_role("link", name="Сдать").click()
    page.get_by_role("button", name="Сдать и получить новое").click()
    expect(page.get_by_text("Всё сдано ✓")).to_be_visible(timeout=PATIENCE)


def watch(page: Page) -> list[str]:
    """What the browser has against the app: refused styles and scripts, errors; a lost network is no complaint."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def village(office: Office, surname: str = "Королёва") -> str:
    """A family that the office knows. Returns its id."""
    tablet = office.world.tablet(name="Прежний планшет")
    made = tablet.family(address="с Басы, ул. Мира, 1")
    tablet.sync(made, *join(tablet, made["id"], surname, "Алёна", "mother", "1990-05-03"))
    return str(made["id"])


def in_the_register(office: Office, type: str) -> list[dict[str, Any]]:
    """The records of a type as another tablet of the team reads them."""
    reader = office.world.tablet(name="Читатель")
    reader.pull()
    return [record["fields"] for record in reader.records.values() if record["type"] == type]


def flaws(page: Page) -> list[str]:
    """What is wrong with the screen for eyes and fingers: axe-core's findings (text contrast 7:1 among them), targets
    below 48 px, a screen wider than the tablet."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(EXAMINE)
    return found


EXAMINE = """async () => {
  const rules = {'color-contrast-enhanced': {enabled: true}, 'color-contrast': {enabled: true}};
  const {violations} = await axe.run(document, {rules, resultTypes: ['violations']});
  const found = violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
  for (const target of document.querySelectorAll('a, button, input, select, textarea, summary')) {
    const {width, height} = target.getBoundingClientRect();
    if (width && (width < 48 || height < 48)) found.push(`${width}x${height}: ${target.outerHTML.slice(0, 120)}`);
  }
  const {scrollWidth} = document.documentElement;
  return scrollWidth > innerWidth ? [...found, `${scrollWidth} px wide`] : found;
}"""
