"""`vyezd export`: all living records of a type as CSV, XLSX or JSON, a row at a time, so that a region fits
into memory."""

from __future__ import annotations

import csv
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import click
import orjson
import xlsxwriter

from schemas import registry
from server import audit, people
from server.commands.opening import on_database
from server.commands.speech import Command, Refusal, option, say
from server.exports import records
from server.exports.sheets import harmless
from server.reading import reach as reaches
from server.reading.reach import Reach


@click.command(
    cls=Command,
    help=(
        """Выгрузить все записи вида TYPE: family, person, visit, trip, territory…

        csv и xlsx: строка на запись, столбцы названы как поля; json: массив записей. СНИЛС, даты и телефоны
        остаются текстом. Без --out ответ идёт в вывод. Файл читает только его владелец: в нём персональные
        данные. Защищённых семей в нём нет; с --for в нём то, что вправе видеть названный человек.""",
        """Export all records of TYPE: family, person, visit, trip, territory…

        csv and xlsx: a row a record, columns named as fields; json: an array of records. Numbers of papers,
        dates and phones stay text. Without --out it goes to standard output. Only its owner may read the
        file: it holds personal data. Shielded families are not in it; with --for it holds what the person
        named may see.""",
    ),
)
@click.argument("type", metavar="TYPE")
@option(
    "--format",
    "shape",
    type=click.Choice(["csv", "xlsx", "json"]),
    default="csv",
    show_default=True,
    help=("Вид файла.", "Kind of file."),
)
@option("--out", type=click.Path(dir_okay=False, path_type=Path), help=("Файл.", "The file."))
@option("--for", "login", metavar="EMAIL", help=("Для кого: в его пределах.", "For whom: within that person's reach."))
@on_database
def export(type: str, shape: str, out: Path | None, login: str | None) -> None:
    if type not in registry.types():
        known = ", ".join(sorted(registry.types()))
        raise Refusal(f"вида записей {type} нет. Есть: {known}", f"there is no record type {type}. There are: {known}")
    reach = _reach(login)
    audit.record("export", who=audit.OPERATOR, subject=type, person=login, shape=shape)
    if shape == "xlsx":
        return _write_xlsx(type, reach, out)
    write = _write_csv if shape == "csv" else _write_json
    with _opened(out) as file:
        write(type, reach, file)


def _reach(login: str | None) -> Reach:
    try:
        return reaches.of(people.find(login)) if login else reaches.EVERYBODY
    except people.UnknownPerson as error:
        raise Refusal(f"{login} нет, см. vyezd user list", f"there is no {login}, see vyezd user list") from error


def _rows(type_name: str, reach: Reach) -> Iterator[list[Any]]:
    fields = list(registry.types()[type_name].fields)
    yield ["id", "rev", *fields]
    for record in chain.from_iterable(records.pages(type_name, reach)):
        yield [record.id, record.rev, *(_cell(record.fields.get(field)) for field in fields)]


def _cell(value: Any) -> str | int | float | None:
    """One value for one cell: lists with semicolons, objects as JSON."""
    if isinstance(value, list):
        return "; ".join(str(_cell(each)) for each in value)
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return value


def _write_csv(type_name: str, reach: Reach, file: TextIO) -> None:
    csv.writer(file).writerows([_harmless(cell) for cell in row] for row in _rows(type_name, reach))


def _harmless(cell: Any) -> Any:
    return harmless(cell) if isinstance(cell, str) else cell


def _write_json(type_name: str, reach: Reach, file: TextIO) -> None:
    file.write("[")
    for number, record in enumerate(chain.from_iterable(records.pages(type_name, reach))):
        item = {"id": record.id, "rev": record.rev, "fields": record.fields}
        file.write((",\n" if number else "\n") + orjson.dumps(item).decode())
    file.write("\n]\n")


def _write_xlsx(type_name: str, reach: Reach, out: Path | None) -> None:
    if out is None:
        raise Refusal("для xlsx нужен файл: --out", "xlsx needs a file: --out")
    os.close(_emptied(out))
    with xlsxwriter.Workbook(str(out), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(type_name)
        for number, row in enumerate(_rows(type_name, reach)):
            _write_row(sheet, number, row)


def _write_row(sheet: Any, number: int, row: Iterable[Any]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(number, column, cell)
        elif cell is not None:
            sheet.write(number, column, cell)


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    with os.fdopen(_emptied(out), "w", encoding="utf-8-sig" if out.suffix == ".csv" else "utf-8", newline="") as file:
        yield file
    click.echo(say(f"Выгружено в {out}", f"Exported to {out}"), err=True)


def _emptied(out: Path) -> int:
    """The file, open and empty, which its owner alone reads from now on, also where it was there already."""
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        if stat.S_ISREG(os.fstat(handle).st_mode):  # not a pipe or device that is everybody's
            os.fchmod(handle, 0o600)
    except OSError as error:
        raise Refusal(
            f"в файл {out} писать нельзя: {error.strerror}", f"{out} cannot be written: {error.strerror}"
        ) from error
    return handle
