"""Rows into CSV and XLSX files, one at a time. Nothing in a cell is run by the program that opens it, and what looks
like a number but is none (СНИЛС, phones, case numbers) stays as it is written."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import xlsxwriter

Cell = str | int | float | date | datetime | None
Rows = Iterable[Sequence[Cell]]
Progress = Callable[[int], object]
FORMULA = re.compile(r"[=@\t\r\n＝＋－＠]|[+-](?!\d[\d ()\-.,]*\Z)")
"""What a spreadsheet would run instead of show; numbers and phones are not."""
DAY, MINUTE = "%d.%m.%Y", "%d.%m.%Y %H:%M"
FIRST_DAY = date(1900, 3, 1)  # before it spreadsheets count days differently
WIDEST = 40  # signs
HEADER_HEIGHT = 30  # points: two lines
WIDTHS = {
    "№": 6,
    "Дата": 18,
    "Бригада": 24,
    "Маршрут": 30,
    "Населённый пункт": 26,
    "Семья": 28,
    "Вид": 22,
    "Цель": 30,
    "Услуги": 40,
}
"""Column → signs, where its name does not tell how long its texts are."""
MOST_ROWS = 1_048_575  # of a sheet, its header aside
LONGEST = 32_767  # signs of a cell


def harmless(text: str) -> str:
    """A text that no spreadsheet runs: an apostrophe goes before what it would take for a formula (OWASP, CSV
    injection)."""
    return f"'{text}" if FORMULA.match(text) else text


def write_csv(path: Path, headers: Sequence[str], rows: Rows, progress: Progress = len) -> int:  # type: ignore[assignment]
    """Writes a CSV as spreadsheets in Russia read it: UTF-8 with its mark, semicolons. Returns how many rows."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        return pour_csv(file, headers, rows, progress)


def pour_csv(file: TextIO, headers: Sequence[str], rows: Rows, progress: Progress) -> int:
    """The same into an open file."""
    writer = csv.writer(file, delimiter=";")
    writer.writerow([harmless(header) for header in headers])
    count = 0
    for count, row in enumerate(rows, 1):
        writer.writerow([_as_text(cell) for cell in row])
        progress(count)
    return count


def _as_text(cell: Cell) -> str | int | float | None:
    if isinstance(cell, datetime):
        return cell.strftime(MINUTE)
    if isinstance(cell, date):
        return cell.strftime(DAY)
    return harmless(cell) if isinstance(cell, str) else cell


def write_xlsx(path: Path, title: str, headers: Sequence[str], rows: Rows, progress: Progress = len) -> int:  # type: ignore[assignment]
    """Writes a workbook of one sheet in constant memory: text stays text, days are days. Returns how many rows."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "tmpdir": str(path.parent),
    }
    count = 0
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = _sheet(book, title, headers)
        days = {date: "dd.mm.yyyy", datetime: "dd.mm.yyyy hh:mm"}
        formats: dict[type, Any] = {kind: book.add_format({"num_format": said}) for kind, said in days.items()}
        for count, row in enumerate(rows, 1):
            if count > MOST_ROWS:
                raise TooManyRows
            for column, cell in enumerate(row):
                _write(sheet, count, column, cell, formats)
            progress(count)
    return count


class TooManyRows(ValueError):
    """A sheet of a workbook holds 1,048,576 rows."""


def _sheet(book: Any, title: str, headers: Sequence[str]) -> Any:
    """A sheet that stands across the page, with its header on each."""
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    for column, header in enumerate(headers):
        sheet.set_column(column, column, WIDTHS.get(header, min(max(len(header) + 2, 14), WIDEST)))
        sheet.write_string(0, column, header, bold)
    sheet.set_row(0, HEADER_HEIGHT)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    return sheet


def _write(sheet: Any, row: int, column: int, cell: Cell, formats: Mapping[type, Any]) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell[:LONGEST])
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, formats[datetime])
    elif isinstance(cell, date):
        if cell < FIRST_DAY:
            sheet.write_string(row, column, cell.strftime(DAY))
        else:
            sheet.write_datetime(row, column, cell, formats[date])
    elif cell is not None:
        sheet.write_number(row, column, cell)
