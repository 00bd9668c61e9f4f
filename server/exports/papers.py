"""Papers from templates: a region puts its own form as DOCX or XLSX into VYEZD_DATA/templates, else ours is filled.

The words in braces of a template (Jinja in a DOCX, the same names in an XLSX) are in docs/operations.md. A template
runs in a sandbox: it says what stands where, and does nothing else.

The libraries of Word and Excel are imported where a paper is made: every start would wait for them.
"""

from __future__ import annotations

import re
from copy import copy
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import current_app
from jinja2.sandbox import SandboxedEnvironment

from server.exports.sheets import DAY, MINUTE

LOG, ROUTE_SHEET = "visit_log", "route_sheet"
PAPERS = {LOG: ("docx", "xlsx"), ROUTE_SHEET: ("docx",)}
"""Paper → the kinds of template that a region may give it."""
MOST_LINES = 3_000
"""Rows that a template is filled with: Word opens no longer table with comfort."""
WORD = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
ROW = "row."


class BadTemplate(ValueError):
    """A region's own template cannot be filled; the message says why, as the library says it."""


def own(paper: str, kind: str) -> Path | None:
    """The region's own template, if it has one."""
    path: Path = current_app.config["VYEZD"].data / "templates" / f"{paper}.{kind}"
    return path if path.is_file() else None


def sample(paper: str, kind: str) -> bytes:
    """The template that is in use, to be changed: the region's own, else ours."""
    from server.exports import defaults

    path = own(paper, kind)
    return path.read_bytes() if path else defaults.MADE[paper, kind]()


def fill_docx(paper: str, values: dict[str, Any], out: Path) -> None:
    """Fills a template with values, each a text, a number, a list or an object of them. Raises BadTemplate."""
    from docxtpl import DocxTemplate

    words = SandboxedEnvironment(autoescape=True)
    words.filters |= {"day": _day, "minute": _minute}
    try:
        document = DocxTemplate(BytesIO(sample(paper, "docx")))
        document.render(values, words, autoescape=True)
        document.save(out)
    except Exception as error:  # docxtpl raises whatever Jinja, zipfile and lxml do on a broken template
        raise BadTemplate(f"{type(error).__name__}: {error}") from error


def _day(value: date | None) -> str:
    return value.strftime(DAY) if value else ""


def _minute(value: datetime | None) -> str:
    return value.strftime(MINUTE) if value else ""


def fill_xlsx(paper: str, values: dict[str, Any], rows: list[dict[str, Any]], out: Path) -> None:
    """Fills the first sheet of a template: the row that has words of a row in its cells is repeated for each of them,
    what stands below it moves down. Raises BadTemplate."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    try:
        book = load_workbook(BytesIO(sample(paper, "xlsx")))
    except Exception as error:  # openpyxl raises whatever its parts do on a file that is no workbook
        raise BadTemplate(f"{type(error).__name__}: {error}") from error
    page = book.worksheets[0]
    pattern = next((cells for cells in page.iter_rows() if any(ROW in str(cell.value) for cell in cells)), None)
    if pattern is None:
        raise BadTemplate("{{ row.… }}")
    at, more = pattern[0].row, max(len(rows) - 1, 0)
    joined = _parted(page, at)
    texts = [(cell.column, cell.value, cell) for cell in page[at]]
    if len(rows) != 1 and page.max_row > at:
        page.move_range(f"A{at + 1}:{page.cell(page.max_row, page.max_column).coordinate}", rows=more)
    _say_all(page, values, at, at + more)
    for number, row in enumerate(rows or [{}]):
        for column, text, like in texts:
            cell = page.cell(at + number, column)
            cell._style = copy(like._style)
            _put(cell, text, {ROW + name: value for name, value in row.items()} | values)
    _join(page, joined, at, more)
    book.save(out)


def _parted(page: Any, at: int) -> list[Any]:
    """Parts the cells that are joined in the row ``at`` and below it; returns what was joined. openpyxl moves no
    joined cells, and lets nobody write into them."""
    found = [each for each in page.merged_cells.ranges if each.max_row >= at]
    for each in found:
        page.unmerge_cells(each.coord)
    return found


def _join(page: Any, joined: list[Any], at: int, more: int) -> None:
    """Joins them again: those of the row in it and in each of the ``more`` rows, those below where they are now."""
    for each in joined:
        is_below, is_of_row = each.min_row > at, each.min_row == each.max_row == at
        for rows in range(more + 1) if is_of_row else [more] if is_below else []:
            moved = copy(each)
            moved.shift(row_shift=rows)
            page.merge_cells(moved.coord)


def _say_all(page: Any, values: dict[str, Any], first: int, last: int) -> None:
    """Fills the cells above and below the rows."""
    for cells in page.iter_rows():
        for cell in cells if not first <= cells[0].row <= last else ():
            if isinstance(cell.value, str) and WORD.search(cell.value):
                _put(cell, cell.value, values)


def _put(cell: Any, text: Any, values: dict[str, Any]) -> None:
    """A cell that is one word takes its value, day or number as it is; any other text takes the words in it."""
    whole = WORD.fullmatch(text.strip()) if isinstance(text, str) else None
    if whole:
        value = values.get(whole[1])
    else:
        value = WORD.sub(lambda found: _said(values.get(found[1])), text) if isinstance(text, str) else text
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    elif isinstance(value, date) and cell.number_format == "General":
        cell.number_format = "DD.MM.YYYY HH:MM" if isinstance(value, datetime) else "DD.MM.YYYY"


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return _minute(value)
    return _day(value) if isinstance(value, date) else "" if value is None else str(value)
