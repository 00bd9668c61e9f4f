"""What goes out as files: nothing in them runs, numbers stay as they are written, and only who asked gets them."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path

import orjson
import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from sqlalchemy import insert

from server import audit
from server.db import writing
from server.exports import sheets
from server.inbox import chunks
from server.models import Record
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, join, moment, visit
from tests.support.runs import Run
from tests.support.steps import step
from tests.support.world import World, make_app

EVIL = ("=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-1+cmd|' /C calc'!A0", "\t=1", "＝1+1")
PLAIN = ("+7 911 123-45-67", "-5", "112-233-445 95", "087-654-303 00", "№ 15/2014", "")
MORE_MB = 24  # that ten times the rows may take


def test_no_cell_is_run_and_no_number_is_spoilt() -> None:
    assert all(sheets.harmless(text) == f"'{text}" for text in EVIL)
    assert all(sheets.harmless(text) == text for text in PLAIN)


def test_a_workbook_keeps_text_as_text_and_days_as_days(tmp_path: Path) -> None:
    path, early = tmp_path / "out.xlsx", date(1899, 12, 31)
    row = [*EVIL[:2], *PLAIN[:4], date(2014, 5, 3), early, datetime(2026, 11, 22, 10, 20), 5, None]
    assert sheets.write_xlsx(path, "Люди: [все]", ["ID"] * len(row), [row], lambda done: None) == 1
    cells = next(load_workbook(path).active.iter_rows(min_row=2))
    assert [cell.value for cell in cells[:6]] == [*EVIL[:2], *PLAIN[:4]]
    assert {cell.data_type for cell in cells[:6]} == {"s"}
    assert cells[6].value == datetime(2014, 5, 3)
    assert cells[6].number_format == "dd.mm.yyyy"
    assert cells[7].value == "31.12.1899"
    assert cells[8].value == datetime(2026, 11, 22, 10, 20)


def filled(world: World) -> str:
    """A family with a person and a visit whose texts want to be formulas. Returns the family's id."""
    tablet = world.tablet()
    made = tablet.family(address="с Басы, ул. Мира, 1", household='=HYPERLINK("http://evil")')
    child = {"snils": "087-654-303 00", "birth_date": "2014-05-03"}
    members = join(tablet, made["id"], "Абрамова", "Вера", "mother", "1990-05-03")
    members[0]["set"] |= child | {"birth_date": "1990-05-03"}
    members[0] |= {"add": {"phones": ["8 911 123-45-67"]}}
    met = visit(tablet, made["id"], purpose="=1+1", next_visit_due=moment(-9)[:10])
    sent = tablet.op("referral", set={
        "family": made["id"], "visit": met["id"], "to": "Фонд «Забота»", "reason": "Одежда", "purpose": "partner_help",
        "made_on": moment()[:10], "due": moment(-9)[:10], "status": {"from": None, "to": "sent"},
    })  # fmt: skip
    tablet.sync(made, *members, met, sent)
    return str(made["id"])


def order(browser: Browser, what: str, shape: str, **more: str) -> bytes:
    """A file asked for on the page of exports."""
    answer = browser.post("/exports", what=what, shape=shape, **more)
    task = answer.headers["Location"]
    for _try in range(100):
        if "Обновить" not in (text := browser.see(task)):
            break
        time.sleep(0.1)
    assert "Скачать файл" in text
    return browser.get(f"{task}/file").data


def test_a_list_goes_out_as_csv_and_xlsx_with_numbers_intact(office: Office) -> None:
    filled(office.world)
    officer = office.signed_in(OFFICER, "ru")
    text = order(officer, "person", "csv").decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert row["СНИЛС"] == "087-654-303 00"
    assert row["Телефоны"] == "+7 911 123-45-67"
    assert row["Дата рождения"] == "03.05.1990"
    (family,) = csv.DictReader(io.StringIO(order(officer, "family", "csv").decode("utf-8-sig")), delimiter=";")
    assert family["Состав хозяйства и быт"].startswith("'=HYPERLINK")
    page = load_workbook(io.BytesIO(order(officer, "person", "xlsx"))).active
    cells = dict(zip(next(page.values), next(page.iter_rows(min_row=2)), strict=True))
    assert cells["СНИЛС"].value == "087-654-303 00"
    assert cells["СНИЛС"].data_type == "s"
    with office.world.inside():
        taken = audit.entries(action="export")
    assert [(each.subject, each.details["rows"]) for each in taken] == [("person", 1), ("family", 1), ("person", 1)]


def test_a_birth_date_of_which_only_the_month_or_the_year_is_known_goes_out(one_office: Office) -> None:
    tablet = one_office.world.tablet()
    made = tablet.family()
    born = ("2019-02", "1990", "1961-04-12")
    tablet.sync(made, *(op for day in born for op in join(tablet, made["id"], "Белова", "Яна", "child", day)))
    officer = one_office.signed_in(OFFICER, "ru")
    text = order(officer, "person", "csv").decode("utf-8-sig")
    said = {row["Дата рождения"] for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    assert said == {"февраль 2019", "1990", "12.04.1961"}
    assert load_workbook(io.BytesIO(order(officer, "person", "xlsx"))).active.max_row == 4


def test_the_log_goes_out_in_every_shape(one_office: Office) -> None:
    filled(one_office.world)
    officer = one_office.signed_in(OFFICER, "ru")
    (row,) = csv.DictReader(io.StringIO(order(officer, "log", "csv").decode("utf-8-sig")), delimiter=";")
    assert (row["Семья"], row["Цель"], row["Направления"]) == ("Абрамова Вера", "'=1+1", "Фонд «Забота»")
    assert row["ОКТМО"] == "12635402"
    assert order(officer, "log", "pdf")[:5] == b"%PDF-"
    table = Document(io.BytesIO(order(officer, "log", "docx"))).tables[0]
    assert [cell.text for cell in table.rows[1].cells][6] == "Абрамова Вера"
    assert len(table.rows) == 2
    assert load_workbook(io.BytesIO(order(officer, "log", "xlsx"))).active["J2"].data_type == "s"
    assert "Слишком" not in officer.see("/exports")


def test_a_region_s_own_form_takes_the_place_of_ours(one_office: Office) -> None:
    filled(one_office.world)
    officer = one_office.signed_in(OFFICER, "ru")
    folder = one_office.world.app.config["VYEZD"].data / "templates"
    folder.mkdir()
    with step("Своя книга: строка повторяется, подвал съезжает вниз, формул не бывает"):
        book = Workbook()
        words = {
            "A1": "КЦСОН, {{ since }}",
            "A3": "{{ row.n }}",
            "C3": "цель: {{ row.purpose }}",
            "D3": "{{ row.next }}",
        }
        for at, text in (words | {"B3": "{{ row.family }}", "A4": "Всего {{ total }}"}).items():
            book.active[at] = text
        book.save(folder / "visit_log.xlsx")
        tablet = one_office.world.tablet(name="Планшет 2")
        made = tablet.family()
        tablet.sync(made, visit(tablet, made["id"]))
        page = load_workbook(io.BytesIO(order(officer, "log", "xlsx"))).active
        assert [page["A3"].value, page["A4"].value, page["A5"].value] == [1, 2, "Всего 2"]
        said = {page["C3"].value, page["C4"].value}
        assert said == {"цель: =1+1", "цель: "}
        assert page["A1"].value.startswith("КЦСОН, 01.")
    with step("Испорченный шаблон: сказано, что не так"):
        (folder / "visit_log.docx").write_bytes(b"no document")
        answer = officer.post("/exports", what="log", shape="docx")
        assert "Шаблон региона не удаётся заполнить" in officer.see(answer.headers["Location"])
    with step("Образец можно скачать"):
        assert officer.get("/exports/templates/route_sheet.docx").data[:2] == b"PK"
        assert officer.get("/exports/templates/nothing.docx").status_code == 404


def test_only_who_asked_has_the_file_and_only_what_that_one_may_see(one_office: Office) -> None:
    world = one_office.world
    filled(world)
    one_office.add("away", "Орлова Вера", "officer", (world.elsewhere,))
    officer, away = one_office.signed_in(OFFICER, "ru"), one_office.signed_in("away", "ru")
    task = officer.post("/exports", what="person", shape="csv").headers["Location"]
    assert away.get(task).status_code == 404
    assert away.get(f"{task}/file").status_code == 404
    assert one_office.signed_in(ADMIN).get(f"{task}/file").status_code == 404
    assert away.client.post(f"/imports/{task[-36:]}", data=away.hidden("/imports")).status_code == 404
    assert order(away, "person", "csv").decode("utf-8-sig").count("\n") == 1
    assert away.post("/exports", what="adoption", shape="csv").headers["Location"].endswith("/exports")


MEASURED = """
import sys
from pathlib import Path
from server import settings
from server.app import create_app
from server.exports import records, sheets
from server.reading.reach import EVERYBODY
from server.reading.words import Words

data, url, kind, out = sys.argv[1:]
chosen = settings.read({"VYEZD_DATA": data, "VYEZD_DATABASE_URL": url})
with create_app(chosen).app_context():
    rows = records.rows("consultation", EVERYBODY, Words("ru", chosen.timezone))
    write = sheets.write_csv if kind == "csv" else lambda path, *told: sheets.write_xlsx(path, "Все", *told)
    count = write(Path(out), ["x"] * 20, rows, lambda done: None)
# not getrusage: there a process starts from the peak of the one that it was forked from
(peak,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(count, int(peak) // 1024)
"""


@pytest.mark.proof
def test_a_region_s_rows_stream_into_a_csv_in_constant_memory(database_url: str, tmp_path: Path, run: Run) -> None:
    _check_memory(database_url, tmp_path, run, "csv")


@pytest.mark.proof
def test_a_region_s_rows_stream_into_a_workbook_in_constant_memory(sqlite_url: str, tmp_path: Path, run: Run) -> None:
    _check_memory(sqlite_url, tmp_path, run, "xlsx")


def _check_memory(url: str, data: Path, run: Run, kind: str) -> None:
    """300,000 records from the register into a file: it takes as much memory as a tenth of them."""
    world = World(make_app(url, data))
    count = 300_000 if run.prove else 5_000
    taken: list[int] = []
    for first, last in ((0, count // 10), (count // 10, count)):
        _fill(world, range(first, last))
        command = [sys.executable, "-c", MEASURED, str(data), url, kind, str(data / "out")]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        assert int(said[0]) == last
        taken.append(int(said[1]))
    print(f"{kind}: {count // 10} rows {taken[0]} MB, {count} rows {taken[1]} MB")
    assert taken[1] - taken[0] < MORE_MB


def _fill(world: World, numbers: range) -> None:
    """Consultations laid straight into the register: the way out is measured, not the way in."""
    fields = {"topic": "Пособие на ребёнка", "channel": "phone", "minutes": 15, "date": "2026-05-03"}
    body = orjson.dumps({"fields": fields, "disputed": {}, "incomplete": []}).decode()
    row = {"type": "consultation", "rev": 1, "at": "0" * 16, "deleted": False, "body": body, "state": "{}"}
    with world.inside():
        for part in chunks(list(numbers), 5_000):
            with writing() as connection:
                connection.execute(insert(Record), [row | {"id": f"{each:036d}"} for each in part])
