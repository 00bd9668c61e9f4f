"""`vyezd import`: files in, as ops through the gate, with a report."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app

from server.commands.opening import on_database
from server.commands.printing import as_json, print_json
from server.commands.speech import Group, Refusal, language, option, say, tell
from server.imports.edition import COLUMNS, BadFile
from server.imports.oktmo import Report, import_oktmo


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
    day = edition.date() if edition else _today()
    try:
        report = import_oktmo(file, day)
    except BadFile as error:
        raise Refusal(
            f"это не издание ОКТМО: в файле нет {error}", f"this is no OKTMO edition: it lacks {error}"
        ) from error
    if as_json:
        return print_json(_data(report))
    _print(report)


def _today() -> date:
    return datetime.now(current_app.config["VYEZD"].timezone).date()


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
