"""What a worker does with a tablet on a trip, in a real browser against a real server."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from server import devices
from server.db import reading
from server.models import Op
from server.web.tablet_app import BUILT
from tests.browser.cutlink import CutLink
from tests.browser.tablet import (
    PATIENCE,
    WORKER,
    begin_visit,
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
    type_pin,
    village,
    watch,
    write_down,
)
from tests.server.web.scene import Office
from tests.support.uploading import blob

COLLEAGUE = "Петрова Анна Ильинична"
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]


SCREENS = (
    "", "families", "visit/{family}", "edit/{family}", "member/{family}", "new/family", "record/{family}", "ready",
    "workers", "copy", "records", "records/visit", "more", "enrol",
)  # fmt: skip
"""Where axe-core, the contrast of text (7:1) and the size of targets (48 px) are looked at besides."""


COUNT_WAKE_LOCKS = """() => {
  window.wakeLocks = 0;
  const ask = WakeLock.prototype.request;
  WakeLock.prototype.request = function (type) {
    window.wakeLocks += 1;
    return ask.call(this, type);
  };
}"""


def not_at_home(page: Page) -> None:
    """In two taps."""
    page.get_by_role("button", name="Не застали").click()
    page.get_by_role("button", name="Записать: не застали").click()
    expect(page.get_by_text("Записано: не застали")).to_be_visible()


def test_neither_a_cleared_browser_nor_a_forgotten_pin_loses_a_record_or_a_photo(
    chromium: Browser, office: Office, address: str, tmp_path: Path
) -> None:
    homes = [village(office, name) for name in ("Королёва", "Бисенова")]
    with tablet_browser(chromium) as context:
        page = context.new_page()
        enrol(page, address, code_for(office.world), WORKER)
        begin_visit(page, "Королёва", "Печь дымит.")
        write_down_the_place(page)
        write_down(page)
        page.goto(f"{address}/tablet/#/copy")
        copies = [downloaded(page, tmp_path), *kept_in_a_folder(page, tmp_path)]
        assert [copy.name[:11] for copy in copies] == ["vyezd-seale", "vyezd-photo", "vyezd-seale"]
        assert not any("Печь" in copy.read_text(encoding="utf-8") for copy in copies)
    with tablet_browser(chromium) as context:  # nothing is left of the first one's storage
        page = context.new_page()
        enrol(page, address, code_for(office.world), WORKER)
        page.goto(f"{address}/tablet/#/copy")
        page.locator("input[type=file]").set_input_files(copies[1:])
        expect(page.get_by_text("Взято из копии: 3 правки и 1 снимок")).to_be_visible()
        page.locator("input[type=file]").set_input_files(copies[0])
        expect(page.get_by_text("Взято из копии: 0 правок")).to_be_visible()
        begin_visit(page, "Бисенова", "Дома все.")
        write_down(page)
        page.reload()
        expect(page.get_by_text("Ждёт отправки: 6 правок и 2 снимка")).to_be_visible()
        page.get_by_role("button", name="Забыли PIN?").click()
        hand_in_locked(page, office)
        assert flaws(page) == []
        page.get_by_role("button", name="У меня есть новый код").click()
        join_team(page, code_for(office.world), WORKER)
        make_up_pin(page, "135791")
        is_ready(page)
        page.get_by_role("link", name="Сдать").click()
        expect(page.get_by_text("Всё сдано ✓")).to_be_visible(timeout=PATIENCE)
    visits = {visit["notes"][0]["value"]: visit for visit in in_the_register(office, "visit")}
    assert visits.keys() == {"Печь дымит.", "Дома все."}
    assert visits["Печь дымит."]["gps"][0]["value"]["lat"] == 46.1
    assert photos_of(office, homes) == 2


def write_down_the_place(page: Page) -> None:
    """The worker agrees, and the tablet knows where it is."""
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 46.1, "longitude": 47.2, "accuracy": 12})
    page.get_by_text("Ещё: время, цель, место, подпись").click()
    page.get_by_role("button", name="Записать место").click()
    expect(page.get_by_text("46.10000, 47.20000 ± 12 м")).to_be_visible()


def downloaded(page: Page, folder: Path) -> Path:
    """The sealed copy as one file."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Скачать копию (3 правки и 1 снимок)").click()
    download.value.save_as(copy := folder / "vyezd-sealed-downloaded.vyezd")
    return copy


def kept_in_a_folder(page: Page, folder: Path) -> list[Path]:
    """The files that the tablet keeps by itself; the folder is one of the browser's own, which needs no dialog."""
    page.evaluate("showDirectoryPicker = () => navigator.storage.getDirectory()")
    page.get_by_role("button", name="Вести копию в папке").click()
    expect(page.get_by_text("в ней 3 правки и 1 снимок")).to_be_visible()
    for name, text in sorted(page.evaluate(FOLDER)):
        (folder / name).write_text(text, encoding="utf-8")
    return [*sorted(folder.glob("vyezd-photo-*")), folder / "vyezd-sealed.vyezd"]


FOLDER = """async () => {
  const found = [];
  for await (const [name, file] of (await navigator.storage.getDirectory()).entries())
    found.push([name, await (await file.getFile()).text()]);
  return found;
}"""


def hand_in_locked(page: Page, office: Office) -> None:
    """Without a PIN, over a link that breaks in the middle of a photo."""
    link = CutLink(office.world.app.wsgi_app)
    office.world.app.wsgi_app = link  # type: ignore[method-assign]
    link.cut(("PATCH", "/uploads/"), CutLink.half)
    page.get_by_role("button", name="Передать", exact=True).click()
    expect(page.get_by_text("Сейчас повторим сами.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("На сервере: 6 правок и 2 снимка. Итог покажем после PIN.")).to_be_visible(timeout=PATIENCE)


def photos_of(office: Office, families: list[str]) -> int:
    """How many files of these families' attachments the office has."""
    attachments = [each for each in in_the_register(office, "attachment") if each["family"] in families]
    reader = office.world.tablet(name="Читатель фото")
    reader.pull()
    return sum(blob(reader, each["sha256"]).status_code == 200 for each in attachments)


def test_a_family_met_in_a_hurry_stays_on_the_tablet_though_its_settlement_is_not_filled_in(
    chromium: Browser, office: Office, address: str
) -> None:
    village(office)
    with tablet_browser(chromium) as context:
        page = context.new_page()
        enrol(page, address, code_for(office.world), WORKER)
        page.goto(f"{address}/tablet/#/new/family")
        page.get_by_label("Адрес").fill("ул. Новая, 5")
        page.get_by_role("button", name="Записать", exact=True).click()
        expect(page.get_by_text("Здесь ещё не были")).to_be_visible()
        come_home(page)
        open_family(page, "Новая")
        expect(page.get_by_role("heading", name="ул. Новая, 5")).to_be_visible()
    assert {"address": "ул. Новая, 5"}.items() <= in_the_register(office, "family")[-1].items()


def test_a_revoked_tablet_hands_over_what_it_has_and_one_that_must_forget_does_so_at_once(
    chromium: Browser, office: Office, address: str
) -> None:
    village(office)
    for ordered, said in ((False, "Всё записанное передано в офис"), (True, "Администратор велел стереть")):
        with tablet_browser(chromium) as context:
            page = context.new_page()
            complaints = watch(page)
            enrol(page, address, code_for(office.world), WORKER)
            hand_to_colleague(page, address)
            open_family(page, "Королёва")
            not_at_home(page)
            revoke_latest(office, erase=ordered)
            page.get_by_role("link", name="Сдать").click()
            page.get_by_role("button", name="Сдать и получить новое").click()
            expect(page.get_by_text(said)).to_be_visible(timeout=PATIENCE)
            assert flaws(page) == []
            assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
            page.reload()
            expect(page.get_by_role("heading", name="Подключение планшета")).to_be_visible()
            assert [text for text in complaints if "403" not in text] == []  # it asks for /schemas, and is refused
    with office.world.inside():
        assert all(tablet["drained_at"] for tablet in devices.tablets() if tablet["revoked_at"])
        with reading() as connection:
            handed_over = [
                orjson.loads(body) for body in connection.scalars(select(Op.body).where(Op.state == "stored"))
            ]
    assert {(op["set"]["result"]["to"], op["by"]) for op in handed_over} == {("not_at_home", office.world.colleague)}


def hand_to_colleague(page: Page, address: str) -> None:
    """Who is given a PIN of her own and opens the tablet with it."""
    page.goto(f"{address}/tablet/#/workers")
    page.get_by_role("button", name="Дать PIN").click()
    for pin, heading in (("112233", "ещё раз"), ("112234", "новый PIN"), ("112233", "ещё раз")):
        type_pin(page, pin)
        expect(page.get_by_role("heading", name=f"{COLLEAGUE}: {heading}")).to_be_visible()
    type_pin(page, "112233")
    expect(page.get_by_role("button", name="Сменить PIN")).to_have_count(2)
    page.goto(f"{address}/tablet/#/more")
    page.get_by_role("button", name="Закрыть на PIN").click()
    page.get_by_role("button", name=COLLEAGUE).click()
    type_pin(page, "112233")
    expect(page.get_by_role("heading", name=COLLEAGUE)).to_be_visible()


def revoke_latest(office: Office, erase: bool) -> None:
    """The tablet that was here last."""
    with office.world.inside():
        devices.revoke(devices.tablets()[0]["id"], erase=erase)


def test_the_first_load_of_the_app_is_below_300_kib() -> None:
    files = [path for path in BUILT.rglob("*") if path.is_file()]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) < 300 * 1024


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
        page.evaluate(COUNT_WAKE_LOCKS)
        come_home(page)
        assert page.evaluate("wakeLocks") > 0, "the screen stays on meanwhile"
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
