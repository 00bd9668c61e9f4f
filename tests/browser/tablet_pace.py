"""How fast a full scope opens and is searched: 500 families, 10,000 records, Chromium throttled four times.

`python -m tests.browser.tablet_pace` prints milliseconds; the floor is 2,000 to open and 100 to search. A busy machine
measures itself.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from server.demo.names import PATRONYMICS, STREETS, WOMEN, Custom
from server.demo.surnames import SURNAMES
from tests.browser.serving import served
from tests.browser.tablet import PIN, code_for, join_team, make_up_pin, tablet_browser
from tests.server.web.scene import join, visit
from tests.support import chromium
from tests.support.world import Tablet, World, make_app

FAMILIES, VISITS, THROTTLE, SEED = 500, 13, 4, 1
QUERIES = (
    "соколовой", "каралева алена", "васелевна", "абдурохманова", "ул ленина 12", "ленена сдовая", "нетакой человек",
)  # fmt: skip
"""As they are typed at a gate: another form, one slip, two slips, several words, nobody."""
TIMES = 5
PATIENCE = 120_000
OPENED = """() => {
  const begun = performance.now();
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[type=search]')) return;
    window.opened = performance.now() - begun;
    observer.disconnect();
  }).observe(document.body, {subtree: true, childList: true});
}"""
SEARCHED = """async (text) => {
  const field = document.querySelector('[type=search]');
  field.value = text;
  const begun = performance.now();
  field.dispatchEvent(new Event('input', {bubbles: true}));
  await new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
  return performance.now() - begun;
}"""


def main() -> None:
    """Fills a register, brings it to a tablet, measures."""
    with tempfile.TemporaryDirectory() as data:
        world = World(make_app(f"sqlite:///{data}/vyezd.db", Path(data)))
        fill(world, Random(SEED))
        with served(world.app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
            with tablet_browser(browser) as context:
                measure(context, context.new_page(), address, code_for(world))
            browser.close()


def fill(world: World, chance: Random) -> None:
    """Families of three with their visits, of as many names as people there have."""
    tablet, ops = world.tablet(), list[dict[str, Any]]()
    for number in range(FAMILIES):
        address = f"с Басы, ул. {chance.choice(STREETS)}, {number}"
        phones = {"phones": [f"+7851{chance.randrange(10**7):07}"]}
        made = tablet.family(address=address) | {"add": phones}
        custom = chance.choice([*Custom])
        surname = chance.choice(SURNAMES[custom])[1]
        ops.append(made)
        for role in ("mother", "child", "child"):
            who = {"patronymic": chance.choice([*PATRONYMICS.values()])[1]}
            ops += person(tablet, made["id"], surname, chance.choice(WOMEN[custom]), role, who)
        ops += [visit(tablet, made["id"], days=20 * back) for back in range(VISITS)]
    for start in range(0, len(ops), 1000):
        tablet.sync(*ops[start : start + 1000])


def person(
    tablet: Tablet, family: str, surname: str, given: str, role: str, more: dict[str, Any]
) -> list[dict[str, Any]]:
    """The ops that make one of a family."""
    made, belongs = join(tablet, family, surname, given, role, "2010-05-03")
    return [made | {"set": made["set"] | more}, belongs]


def measure(context: BrowserContext, page: Page, address: str, code: str) -> None:
    """Pulls the scope, opens it anew under throttle, searches."""
    page.goto(f"{address}/tablet/")
    join_team(page, code, "Иванова Мария Петровна")
    make_up_pin(page, PIN)
    expect(page.get_by_text(f"На планшете {FAMILIES} семей")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Получаем данные бригады")).to_have_count(0, timeout=PATIENCE)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    page.goto(f"{address}/tablet/#/families")
    page.reload()
    for digit in PIN:
        page.get_by_role("button", name=digit, exact=True).click()
    page.evaluate(OPENED)
    page.get_by_role("button", name="OK").click()
    page.get_by_label("Поиск семьи").wait_for(timeout=PATIENCE)
    print(f"opened, the PIN stretched: {page.evaluate('opened'):.0f} ms")
    for text in QUERIES:
        spent = []
        for _ in range(TIMES):
            page.evaluate(SEARCHED, "")
            spent.append(page.evaluate(SEARCHED, text))
        found = page.locator("main [role=status]").first.inner_text()
        print(f"searched «{text}»: {median(spent):.0f} ms, at worst {max(spent):.0f} ms, {found}")


if __name__ == "__main__":
    main()
