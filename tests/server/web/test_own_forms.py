"""A region's own workbook as people make one: with cells that are joined."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook, load_workbook

from server.exports import papers
from tests.server.web.scene import Office


def test_joined_cells_of_a_region_s_workbook_move_and_repeat_with_the_rows(one_office: Office, tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    texts = {"A1": "Журнал {{ since }}", "A3": "{{ row.n }}", "B3": "{{ row.family }}", "A5": "Всего {{ total }}"}
    for at, text in texts.items():
        page[at] = text
    for joined in ("A1:D1", "B3:C3", "A5:D5"):
        page.merge_cells(joined)
    app = one_office.world.app
    folder = app.config["VYEZD"].data / "templates"
    folder.mkdir()
    book.save(folder / "visit_log.xlsx")
    rows = [{"n": number, "family": f"Семья {number}"} for number in range(1, 5)]
    with app.app_context():
        papers.fill_xlsx(papers.LOG, {"since": "01.11", "total": 4}, rows, tmp_path / "log.xlsx")
    filled = load_workbook(tmp_path / "log.xlsx").active
    assert [filled.cell(at, 2).value for at in range(3, 7)] == [row["family"] for row in rows]
    assert filled["A8"].value == "Всего 4"
    assert {str(each) for each in filled.merged_cells.ranges} == {"A1:D1", "B3:C3", "B4:C4", "B5:C5", "B6:C6", "A8:D8"}
