"""`vyezd import`: files in, as ops through the gate, with a report."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from server import clock
from server.commands.opening import on_database
from server.commands.printing import as_json, print_json
from server.commands.progress import bar
from server.commands.speech import Group, Refusal, language, option, say, tell
from server.imports import tables
from server.imports.columns import LABELS
from server.imports.edition import COLUMNS, BadFile
from server.imports.families import Report as FamiliesReport
from server.imports.families import Task, import_families, write_refused
from server.imports.oktmo import Report, import_oktmo
from server.imports.tables import Sheet


@click.group("import", cls=Group, help=("Загрузить данные из файла.", "Import data from a file."))
def imports() -> None:
    pass


@imports.command(
    "oktmo",
    help=(
        f"""Загрузить издание классификатора ОКТМО (CSV, UTF-8).

        Столбцы: {", ".join(COLUMNS)}. Повторная загрузка ничего не меняет. В новом издании район может стать
        округом: его территория, семьи, бригады и планшеты остаются на месте, меняются код и название.""",
        f"""Import an edition of the OKTMO classifier (CSV, UTF-8).

        Columns: {", ".join(COLUMNS)}. Importing it again changes nothing. In a newer edition a district may
        have become an okrug: its territory, families, teams and tablets stay where they are, the code and the
        name change.""",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--edition",
    type=click.DateTime(["%Y-%m-%d"]),
    help=("С какого дня действует издание (иначе с сегодняшнего).", "The day it holds from (else today)."),
)
@as_json
@on_database
def oktmo(file: Path, edition: datetime | None, as_json: bool) -> None:
    day = edition.date() if edition else clock.today()
    try:
        report = import_oktmo(file, day)
    except BadFile as error:
        raise Refusal(
            f"это не издание ОКТМО: в файле нет {error}", f"this is no OKTMO edition: it lacks {error}"
        ) from error
    if as_json:
        return print_json(_data(report))
    _print(report)


@imports.command(
    "families",
    help=(
        f"""Загрузить семьи и людей из таблицы другой системы: CSV (UTF-8 или CP1251) или XLSX.

        Строка — человек в семье. Столбцы узнаются по названиям: {", ".join(LABELS.values())}. Иначе:
        --column поле=столбец. Нужны ID семьи или номер дела, территория, имя, пол и дата рождения. Повторная
        загрузка ничего не меняет, следующая обновляет. Строки, которые нельзя принять, возвращаются файлом с
        причинами.""",
        f"""Import families and people from a table of another system: CSV (UTF-8 or CP1251) or XLSX.

        A row is a person in a family. Columns are known by their names: {", ".join(LABELS.values())}. Else:
        --column field=column. A family id or case number, a territory, a name, a sex and a birth date are
        needed. Importing a file again changes nothing, the next one updates. Rows that cannot be taken come
        back as a file with reasons.""",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--system",
    default="Регистр",
    show_default=True,
    help=("Имя системы, чьи номера стоят в файле.", "The system whose numbers the file has."),
)
@option(
    "--column",
    "chosen",
    multiple=True,
    metavar="FIELD=COLUMN",
    help=(f"Поле и его столбец; поля: {', '.join(LABELS)}.", f"A field and its column; fields: {', '.join(LABELS)}."),
)
@option("--dry-run", is_flag=True, help=("Только показать, что было бы сделано.", "Only show what would be done."))
@option(
    "--refused",
    type=click.Path(dir_okay=False, path_type=Path),
    help=("Куда писать отказы (иначе рядом с файлом).", "Where refused rows go (else beside the file)."),
)
@as_json
@on_database
def families(
    file: Path, system: str, chosen: tuple[str, ...], dry_run: bool, refused: Path | None, as_json: bool
) -> None:
    task = Task(file, system, _chosen(chosen), dry_run, clock.today())
    try:
        with bar(say("Загрузка", "Importing")) as progress:
            report, sheet = import_families(task, lambda rows: progress(rows, rows))
    except tables.BadFile as error:
        raise Refusal(
            f"не таблица семей: {error}. Нужны CSV или XLSX с названиями столбцов; прочие укажите ключом --column",
            f"no table of families: {error}. It must be CSV or XLSX with column names; give others with --column",
        ) from error
    where = _keep_refused(report, sheet, refused or file.with_name(f"{file.stem}.refused{file.suffix}"))
    if as_json:
        return print_json(_told(report, where))
    _tell(report, where, dry_run)


def _chosen(pairs: tuple[str, ...]) -> dict[str, str]:
    chosen = dict(pair.partition("=")[::2] for pair in pairs)
    if unknown := next((name for name, column in chosen.items() if name not in LABELS or not column), None):
        raise Refusal(
            f"--column {unknown}: нужно поле=столбец, поля: {', '.join(LABELS)}",
            f"--column {unknown}: must be field=column, fields: {', '.join(LABELS)}",
        )
    return chosen


def _keep_refused(report: FamiliesReport, sheet: Sheet, path: Path) -> Path | None:
    if not report.refused:
        return None
    write_refused(report, sheet, path, language())
    return path


def _told(report: FamiliesReport, where: Path | None) -> dict[str, Any]:
    told = asdict(report) | {"refused": len(report.refused), "refused_file": where and str(where)}
    return told | {"reasons": Counter(code.partition("|")[0] for _, faults in report.refused for _, code in faults)}


def _tell(report: FamiliesReport, where: Path | None, dry_run: bool) -> None:
    columns = ", ".join(f"{header} → {LABELS[name]}" for name, header in report.columns.items())
    tell(f"Столбцы: {columns}.", f"Columns: {columns}.")
    if report.idle:
        tell(f"Не используются: {', '.join(report.idle)}.", f"Not used: {', '.join(report.idle)}.")
    if dry_run:
        tell("Пробная загрузка, ничего не записано. Было бы:", "A dry run, nothing was written. It would be:")
    tell(
        f"Строк {report.rows}: добавлено {report.added}, изменено {report.changed}, без изменений "
        f"{report.unchanged}, отказано {len(report.refused)}. Новых семей {report.families}, людей {report.people}; "
        f"закончилось членство {report.ended}; операций {report.ops}.",
        f"Rows {report.rows}: added {report.added}, changed {report.changed}, unchanged {report.unchanged}, "
        f"refused {len(report.refused)}. New families {report.families}, people {report.people}; "
        f"memberships ended {report.ended}; ops {report.ops}.",
    )
    if where:
        tell(f"Отказы с причинами: {where}", f"Refused rows with reasons: {where}")


def _data(report: Report) -> dict[str, Any]:
    refused = [asdict(row) | {"says": row.says(language())} for row in report.refused]
    return asdict(report) | {"refused": refused}


def _print(report: Report) -> None:
    tell(
        f"Добавлено {len(report.added)}, изменено {len(report.changed)}, без изменений {report.unchanged}, "
        f"упразднено {len(report.vanished)}, отказано {len(report.refused)}.",
        f"Added {len(report.added)}, changed {len(report.changed)}, unchanged {report.unchanged}, "
        f"vanished {len(report.vanished)}, refused {len(report.refused)}.",
    )
    for each in report.changed:
        was = ", ".join(f"{value}" for value in each["was"].values() if value)
        tell(
            f"  изменено: {each['oktmo']} {each['name']} (было: {was})",
            f"  changed: {each['oktmo']} {each['name']} (was: {was})",
        )
    for each in report.vanished:
        tell(f"  упразднено: {each['oktmo']} {each['name']}", f"  vanished: {each['oktmo']} {each['name']}")
    for each in report.unresolved:
        tell(
            f"  нет в издании, преемник неясен, оставлено как есть: {each['oktmo']} {each['name']}",
            f"  not in the edition, no successor known, left as it is: {each['oktmo']} {each['name']}",
        )
    for row in report.refused:
        tell(
            f"  отказано: строка {row.line}, {row.oktmo} {row.name}: {row.says('ru')}",
            f"  refused: line {row.line}, {row.oktmo} {row.name}: {row.says('en')}",
        )
    if not (report.added or report.changed or report.vanished):
        click.echo(say("Всё уже было загружено.", "All of it had been imported already."))
