"""What a worker does with a tablet on a trip, in a real browser against a real server."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.tablet import code_for, come_home, enrol, open_family, tablet_browser, type_pin
from tests.server.web.scene import Office, join

pytestmark = pytest.mark.browser


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


def test_a_trip_from_the_code_to_the_register(chromium: Browser, office: Office, address: str) -> None:
    family = village(office)
    with tablet_browser(chromium) as context:
        page = context.new_page()
        complaints = watch(page)
        enrol(page, address, code_for(office.world), "Иванова Мария Петровна")
        context.set_offline(True)
        page.reload()
        type_pin(page)
        open_family(page, "каралева")
        page.get_by_role("link", name="Записать посещение").click()
        page.get_by_role("button", name="Топливо и отопление").click()
        page.get_by_label("Заметки").fill("Печь дымит, нужны дрова.")
        page.get_by_role("button", name="через 14 дней").click()
        page.get_by_role("button", name="Записать", exact=True).click()
        expect(page.get_by_text("Посещение записано")).to_be_visible()
        context.set_offline(False)
        come_home(page)
        assert [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []
    (visit,) = in_the_register(office, "visit")
    assert (visit["family"], visit["needs"], visit["result"]) == (family, ["heating"], "held")
    assert [entry["value"] for entry in visit["notes"]] == ["Печь дымит, нужны дрова."]
