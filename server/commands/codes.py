"""`vyezd import codes`: a region's own values and labels of code lists; `vyezd codes`: all that are in force."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict
from pathlib import Path

import click

from schemas.codes import lists
from server import reference
from server.commands.opening import on_database
from server.commands.printing import as_json, print_json
from server.commands.speech import Command, Refusal, tell
from server.imports.codes import COLUMNS, BadFile, import_codes


@click.command(
    "codes",
    cls=Command,
    help=(
        f"""Загрузить значения справочников региона (CSV, UTF-8).

        Столбцы: {", ".join(COLUMNS)}. Известное значение получает название и сроки из файла, новое добавляется,
        ничего не удаляется. Планшеты получают справочники при следующей связи.""",
        f"""Import a region's values of code lists (CSV, UTF-8).

        Columns: {", ".join(COLUMNS)}. A known value gets the label and dates of the file, a new one is added,
        nothing is removed. Tablets get the lists when they next sync.""",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@on_database
def import_command(file: Path, as_json: bool) -> None:
    try:
        report = import_codes(file)
    except BadFile as error:
        raise Refusal(
            f"это не таблица справочников: нет столбцов {error}", f"this is no table of code lists: it lacks {error}"
        ) from error
    if as_json:
        print_json(asdict(report))
        return
    tell(
        f"Добавлено {len(report.added)}, изменено {len(report.changed)}, без изменений {report.unchanged}, "
        f"отказано {len(report.refused)}.",
        f"Added {len(report.added)}, changed {len(report.changed)}, unchanged {report.unchanged}, "
        f"refused {len(report.refused)}.",
    )
    for row in report.refused:
        tell(
            f"  отказано: строка {row.line}, {row.row}: {row.why[0]}",
            f"  refused: line {row.line}, {row.row}: {row.why[1]}",
        )


@click.command(
    "codes",
    cls=Command,
    help=(
        "Вывести все действующие справочники (CSV), чтобы изменить и загрузить снова.",
        "Print all code lists in force (CSV), to be changed and imported again.",
    ),
)
@as_json
@on_database
def list_command(as_json: bool) -> None:
    reference.current()
    known = lists()
    if as_json:
        print_json(dict(known))
        return
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(COLUMNS)
    for name, entries in known.items():
        for entry in entries:
            label = entry["label"]
            table.writerow((name, entry["value"], label["ru"], label["en"], entry["from"] or "", entry["to"] or ""))
