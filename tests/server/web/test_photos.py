"""The office sees what a team photographed: small, whole, to take along; and what is still on its way."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from server import audit
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, visit
from tests.support import camera
from tests.support.uploading import attachment, begin, patch, send, sha256
from tests.support.world import Tablet

PICTURE, SHEET = camera.photo(size=(800, 600)), camera.scan()


@pytest.fixture
def office(one_office: Office) -> Office:
    return one_office


@pytest.fixture
def tablet(office: Office) -> Tablet:
    return office.world.tablet()


@pytest.fixture
def browser(office: Office) -> Browser:
    return office.signed_in(OFFICER)


def visited(tablet: Tablet, *files: bytes) -> tuple[str, str, list[str]]:
    """A family, a visit to it, and the attachments of these files: their ids."""
    family = tablet.family()
    met = visit(tablet, family["id"])
    ops = [attachment(tablet, data, family["id"], met["id"], caption=f"Лист {n}") for n, data in enumerate(files)]
    results = tablet.sync(family, met, *ops)["results"]
    assert {result["outcome"] for result in results} == {"applied"}
    return family["id"], met["id"], [op["id"] for op in ops]


def test_a_visit_is_complete_when_each_of_its_files_has_come(office: Office, tablet: Tablet, browser: Browser) -> None:
    family, met, _ = visited(tablet, PICTURE, SHEET)
    for page in (f"/visits/{met}", f"/families/{family}"):
        assert "2 files are still on their way" in browser.see(page)
    place = begin(tablet, len(PICTURE), sha256=sha256(PICTURE)).headers["Location"]
    half = len(PICTURE) // 2
    patch(tablet, place, 0, PICTURE[:half])
    assert "on its way, 49 %" in browser.see(f"/visits/{met}")
    patch(tablet, place, half, PICTURE[half:])
    assert "1 file is still on its way" in browser.see(f"/visits/{met}")
    assert send(tablet, SHEET).status_code == 204
    for page in (f"/visits/{met}", f"/families/{family}"):
        assert "All files have come" in browser.see(page)


def test_a_picture_is_seen_small_whole_and_taken_along_and_each_opening_is_in_the_audit(
    office: Office, tablet: Tablet, browser: Browser
) -> None:
    family, met, (picture, sheet) = visited(tablet, PICTURE, SHEET)
    for data in (PICTURE, SHEET):
        send(tablet, data)
    page = browser.get(f"/visits/{met}").text
    assert re.findall(r'<img src="([^"]+)" alt="Лист 0"', page) == [f"/photos/{picture}/small"]

    small = browser.get(f"/photos/{picture}/small")
    with Image.open(io.BytesIO(small.data)) as thumbnail:
        assert thumbnail.size == (360, 480), "upright, as it was held"
    whole = browser.get(f"/photos/{picture}/whole")
    assert whole.mimetype == "image/jpeg"
    assert whole.headers["Content-Disposition"].startswith("inline")
    assert camera.pixels(whole.data) == camera.pixels(PICTURE)
    assert not camera.exif_of(whole.data)[2]
    paper = browser.get(f"/photos/{sheet}/whole")
    assert paper.headers["Content-Disposition"].startswith("attachment"), "a paper is not opened among our pages"
    assert browser.get(f"/photos/{sheet}/download").data == SHEET
    for answer in (small, whole, paper):
        policy = answer.headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"

    with office.world.inside():
        read = [entry for entry in audit.entries(action="read", family=family) if "photos" in entry.details["page"]]
    opened = [(entry.details["page"], entry.subject) for entry in read]
    assert opened == [
        ("photos.download", sheet),
        ("photos.whole", sheet),
        ("photos.whole", picture),
        ("photos.small", picture),
    ]


def test_a_small_picture_that_is_missing_is_made_again(office: Office, tablet: Tablet, browser: Browser) -> None:
    _, _, (picture,) = visited(tablet, PICTURE)
    send(tablet, PICTURE)
    small = office.world.app.config["VYEZD"].blobs / "thumbnails"
    for path in small.rglob("*"):
        if path.is_file():
            path.unlink()
    assert browser.get(f"/photos/{picture}/small").status_code == 200


def test_a_hash_written_by_somebody_who_never_had_the_file_opens_nothing(
    office: Office, tablet: Tablet, browser: Browser
) -> None:
    visited(tablet, PICTURE)
    send(tablet, PICTURE)
    thief = office.world.tablet(office.world.other_team, "Чужой")
    home = thief.op("family", feed=office.world.elsewhere, set={"territory": office.world.elsewhere})
    named = attachment(thief, PICTURE, home["id"])
    thief.sync(home, named)
    assert office.signed_in(ADMIN).get(f"/photos/{named['id']}/whole").status_code == 404
    assert "1 file is still on its way" in browser.see(f"/families/{home['id']}")


def test_an_officer_of_another_district_opens_no_picture(office: Office, tablet: Tablet) -> None:
    _, _, (picture,) = visited(tablet, PICTURE)
    send(tablet, PICTURE)
    office.add("neighbour", "Павлова Нина", "officer", (office.world.elsewhere,))
    stranger = office.signed_in("neighbour")
    for how in ("small", "whole", "download"):
        assert stranger.get(f"/photos/{picture}/{how}").status_code == 404
