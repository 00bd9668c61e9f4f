"""The files that go out, opened by another office program: what people will see in LibreOffice."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server.web.scene import OFFICER, Office
from tests.server.web.test_files import filled, order
from tests.server.web.test_trips import TODAY, planned, send

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


def converted(kind: str, folder: Path, *files: Path) -> None:
    """Each of the files beside itself in another form."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", kind, "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def test_libreoffice_opens_what_goes_out_and_numbers_are_intact(one_office: Office, tmp_path: Path) -> None:
    family = filled(one_office.world)
    officer = one_office.signed_in(OFFICER, "ru")
    page = planned(officer, one_office.world)
    send(officer, page, "families", family=family)
    made = {
        "people.xlsx": order(officer, "person", "xlsx"),
        "people.csv": order(officer, "person", "csv"),
        "log.docx": order(officer, "log", "docx"),
        "log.xlsx": order(officer, "log", "xlsx"),
        "sheet.docx": officer.get(f"{page}/sheet.docx").data,
    }
    folder = tmp_path / "out"
    folder.mkdir()
    for name, content in made.items():
        (folder / name).write_bytes(content)
    converted("pdf", folder, *(folder / name for name in made))
    assert all((folder / name).with_suffix(".pdf").read_bytes()[:5] == b"%PDF-" for name in made)
    (folder / "people.csv").rename(folder / "ours.csv")
    converted("csv:Text - txt - csv (StarCalc):44,34,76", folder, folder / "people.xlsx", folder / "log.xlsx")
    with (folder / "people.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["СНИЛС"], row["Телефоны"]) == ("087-654-303 00", "+7 911 123-45-67")
    assert row["Дата рождения"] == "03.05.1990"
    with (folder / "log.csv").open(encoding="utf-8") as file:
        (line,) = csv.DictReader(file)
    assert (line["ОКТМО"], line["Цель"]) == ("12635402", "=1+1")
    assert line["Дата"].startswith(f"{TODAY[8:]}.{TODAY[5:7]}.{TODAY[:4]}")
