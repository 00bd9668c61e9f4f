"""Tables as offices keep them: CSV in UTF-8 or CP1251 with whatever separator, or a sheet of XLSX. Every cell is text;
refused rows go back in the form in which they came, with a column of reasons."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from schemas.text import fold

SEPARATORS = ";,\t|"
ENCODINGS = ("utf-8-sig", "cp1251")
MOST_TITLES = 20  # lines above the header: titles, dates
LOOK = 1 << 16
REASON = ("Причина отказа", "Reason of refusal")


class BadFile(ValueError):
    """The file is no table that we can read; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row below the header: its number in the file, and a cell for each column (more or fewer, if it is broken)."""

    number: int
    cells: list[str]


@dataclass
class Report:
    """What an import of a table did, or would do. ``columns``: what is taken from which header; ``idle``: headers that
    nothing is taken from; then how many rows, and what of them was new, other than before, or as before."""

    columns: dict[str, str] = field(default_factory=dict)
    idle: list[str] = field(default_factory=list)
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's form. ``encoding`` and ``separator`` are None of a spreadsheet; ``start``: the header's row."""

    path: Path
    headers: list[str]
    encoding: str | None
    separator: str | None
    start: int

    def lines(self) -> Iterator[Line]:
        """The rows below the header that are not empty."""
        rows = _xlsx(self.path) if self.encoding is None else _csv(self.path, self.encoding, self.separator or ";")
        for place, (number, cells) in enumerate(rows):
            if place > self.start and any(cells):
                yield Line(number, cells if self.encoding else self._even(cells))

    def _even(self, cells: list[str]) -> list[str]:
        """A spreadsheet keeps no empty cell at the end of a row, or keeps some beyond the last column."""
        width = len(self.headers)
        said = cells if any(cells[width:]) else cells[:width]
        return [*said, *[""] * (width - len(said))]


def recognise(path: Path, known: Iterable[str]) -> Sheet:
    """Finds out how a file is written: the header is the first row with at least two of the known column names.

    Raises BadFile, OSError.
    """
    wanted = set(known)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _headed(path, _xlsx(path), wanted, None, None)
    encoding = _encoding(path)
    for separator in _separators(path, encoding):
        try:
            return _headed(path, _csv(path, encoding, separator), wanted, encoding, separator)
        except BadFile:
            continue
    raise BadFile(path.name)


def _headed(
    path: Path, rows: Iterable[tuple[int, list[str]]], wanted: set[str], encoding: str | None, separator: str | None
) -> Sheet:
    for place, (_, cells) in enumerate(rows):
        if sum(fold(cell) in wanted for cell in cells) >= 2:
            return Sheet(path, cells, encoding, separator, place)
        if place == MOST_TITLES:
            break
    raise BadFile(path.name)


def _encoding(path: Path) -> str:
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding) as file:
                while file.read(LOOK):
                    pass
            return encoding
        except UnicodeDecodeError:
            continue
    raise BadFile(path.name)


def _separators(path: Path, encoding: str) -> list[str]:
    """Those that stand most often in the first rows first. That alone does not tell: an address may have more commas
    than its row has semicolons."""
    with path.open(encoding=encoding, newline="") as file:
        beginning = file.read(LOOK)
    return sorted(SEPARATORS, key=beginning.count, reverse=True)


def _csv(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader((line.replace("\0", "") for line in file), delimiter=separator)
        try:
            for cells in reader:
                yield reader.line_num, [cell.strip() for cell in cells]
        except csv.Error as error:
            raise BadFile(f"{path.name}: {error}") from error


def _xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # every start would wait for it

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parts do on a file that is no workbook
        raise BadFile(path.name) from error
    page = book.worksheets[0]
    page.reset_dimensions()  # which some programs leave out or write wrong, and rows would be cut to
    try:
        for number, cells in enumerate(page.iter_rows(values_only=True), 1):
            yield number, [_text(cell) for cell in cells]
    finally:
        book.close()


def _text(cell: Any) -> str:
    """A cell of a spreadsheet as its user sees it; days in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def write_back(sheet: Sheet, path: Path, lang: str, refused: Sequence[tuple[Line, str]]) -> None:
    """Writes refused rows with their reasons, in the form of the sheet that they came from, to be mended and imported
    again. Only its owner reads it."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    rows = [[*sheet.headers, REASON[lang != "ru"]], *([*_even(line.cells, sheet), why] for line, why in refused)]
    if sheet.encoding is None:
        _write_xlsx(path, rows)
        return
    with path.open("w", encoding=sheet.encoding, newline="", errors="replace") as file:
        csv.writer(file, delimiter=sheet.separator or ";").writerows(rows)


def _even(cells: list[str], sheet: Sheet) -> list[str]:
    """The cells under their headers; what stood beyond the last one stays, in the last."""
    width = len(sheet.headers)
    if len(cells) <= width:
        return [*cells, *[""] * (width - len(cells))]
    return [*cells[: width - 1], (sheet.separator or ";").join(cells[width - 1 :])]


def _write_xlsx(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write_string(number, column, cell)
