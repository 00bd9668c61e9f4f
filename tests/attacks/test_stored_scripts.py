"""Whatever a tablet writes into whatever field is text on every page: seen in a real browser, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from schemas import registry
from schemas.base import RecordType
from schemas.fields import Field, ListOf, Obj, Ref, Str, Text
from schemas.ids import new_id
from server import office
from server.office import Change
from tests.browser.screenshots import sign_in
from tests.browser.serving import served
from tests.server.web.scene import ADMIN, Office
from tests.support.world import Tablet, World, make_app

pytestmark = pytest.mark.browser

SCRIPT = (
    "\"'><script>window.broken=1</script><img src=x onerror=window.broken=1><svg onload=window.broken=1>"
    "<a href=javascript:window.broken=1>{{7*7}}"
)
BEGINNINGS = (
    "/",
    "/visits?since=2000-01-01",
    "/visits/print?since=2000-01-01",
    "/families",
    "/queue",
    "/mending",
    "/tablets",
)
LOOK = """() => ({
    broken: window.broken ?? null,
    made: document.querySelectorAll("[onerror], [onload], a[href^=javascript], script:not([src])").length,
    text: document.body.innerText,
    links: [...document.querySelectorAll("main a[href^='/']")].map(link => link.getAttribute("href")),
})"""
FREE = (Str, Text)


@pytest.fixture
def hostile(sqlite_url: str, tmp_path: Path) -> Office:
    """A register in which every free text is a script, and ops that wait because every value in them is one."""
    world = World(make_app(sqlite_url, tmp_path))
    tablet = world.tablet(name=SCRIPT[:120])
    ids = {name: new_id() for name in registry.types()} | {
        "territory": world.here,
        "team": world.team,
        "worker": world.worker,
    }
    changes = [Change(name, ids[name], base=9, **written(schema, ids)) for name, schema in registry.types().items()]
    with world.inside():
        results = office.write(world.office, changes)
    assert {result.outcome for result in results} <= {"applied", "conflict"}, results
    tablet.pull()
    first = tablet.op("family", ids["family"], set={"address": SCRIPT + "1"}, base=0)
    tablet.sync(first, *(unfit(tablet, schema) for schema in registry.types().values()))
    other = world.tablet(name="Второй")
    other.sync(other.op("family", ids["family"], set={"address": SCRIPT + "2"}))
    return Office(world)


def written(schema: RecordType, ids: dict[str, str]) -> dict[str, Any]:
    """A sample of a type with references to what is there, and scripts for texts."""
    sample = schema.sample()
    return schema.write({name: infected(schema.fields[name], value, ids) for name, value in sample.items()})


def infected(field: Field, value: Any, ids: dict[str, str]) -> Any:
    if isinstance(field, Ref):
        return ids[field.to]
    if type(field) in FREE and not field.pattern:  # type: ignore[attr-defined]
        return SCRIPT[: min(field.max_length, len(SCRIPT))]  # type: ignore[attr-defined]
    if isinstance(field, ListOf) and isinstance(value, list):
        return [infected(field.inner, each, ids) for each in value]
    if isinstance(field, Obj) and isinstance(value, dict):
        inner = field.children()
        return {key: infected(inner[key], each, ids) for key, each in value.items()}
    return value


def unfit(tablet: Tablet, schema: RecordType) -> dict[str, Any]:
    """An op whose every value is a script: it waits to be mended, as it came."""
    return tablet.op(schema.name, set=dict.fromkeys(schema.fields, SCRIPT))


@pytest.fixture
def address(hostile: Office) -> Iterator[str]:
    with served(hostile.world.app) as url:
        yield url


def test_no_text_of_any_field_becomes_a_script_on_any_page(page: Page, hostile: Office, address: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(f"{address}/sign-in")
    sign_in(page, ADMIN, hostile.passwords[ADMIN])
    waiting, seen, shown = list(BEGINNINGS), set[str](), set[str]()
    while waiting:
        path = waiting.pop(0)
        if not opens(page, address + path):
            continue
        said = page.evaluate(LOOK)
        assert (said["broken"], said["made"]) == (None, 0), path
        if SCRIPT[:20] in said["text"]:
            shown.add(path.split("?")[0].split("/")[1])
        for link in dict.fromkeys(said["links"]):
            if shape(link) not in seen:
                seen.add(shape(link))
                waiting.append(link)
    assert not complaints
    assert {"families", "queue", "mending", "tablets", "records"} <= shown, "the scripts are there, as text"


def opens(page: Page, address: str) -> bool:
    """Whether a link leads to a page, and not to a file to take along."""
    try:
        page.goto(address, wait_until="domcontentloaded")
    except PlaywrightError as error:
        if "Download is starting" not in error.message:
            raise
        return False
    return True


def shape(link: str) -> str:
    """Pages of one kind have one shape: one of each is looked at."""
    return re.sub(r"[0-9a-f-]{36}", "ID", link.split("?")[0])
