"""`vyezd audit`: who did what, and proof that nothing in history or audit was changed behind the program's back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
import orjson

from server import audit as entries
from server import seal
from server.commands.opening import on_database
from server.commands.printing import as_json, local, print_json, print_table
from server.commands.speech import Group, option, say, tell
from server.seal import Broken, Sealed


@click.group(
    cls=Group, help=("Журнал доступа и неизменность истории.", "The audit; proof that the history is unchanged.")
)
def audit() -> None:
    pass


@audit.command(
    "verify",
    help=(
        """Проверить историю и журнал доступа и опечатать новое.

        Всё принятое и записанное однажды опечатано блоками, каждый из которых зависит от предыдущих. Изменённая,
        пропавшая или переставленная запись видна здесь вместе с её блоком; код выхода тогда 1. Выполняйте
        каждый день.""",
        """Check the history and the audit, and seal what is new.

        All that was received and noted is sealed in blocks, each of which depends on those before. A changed, removed
        or swapped entry shows here with its block; the exit code is 1 then. Run it every day.""",
    ),
)
@as_json
@click.pass_context
@on_database
def verify(context: click.Context, as_json: bool) -> None:
    broken = seal.verify()
    sealed = _seal() if not broken else Sealed()
    if as_json:
        found = [asdict(each) for each in broken]
        print_json({"ok": not broken, "broken": found, "sealed": sealed.ops, "sealed_entries": sealed.entries})
    elif broken:
        for each in broken:
            _tell_broken(each)
    else:
        tell(
            f"История и журнал целы. Опечатано новых операций: {sealed.ops}, записей журнала: {sealed.entries}.",
            f"History and audit are whole. Newly sealed: ops {sealed.ops}, audit entries {sealed.entries}.",
        )
    context.exit(1 if broken else 0)


def _seal() -> Sealed:
    ops = noted = 0
    while (part := seal.seal()) != Sealed():
        ops, noted = ops + part.ops, noted + part.entries
    return Sealed(ops, noted)


def _tell_broken(each: Broken) -> None:
    tell(
        f"Блок {each.block} не сходится: записей {each.present}, опечатано было {each.sealed}.",
        f"Block {each.block} does not hold: {each.present} rows, {each.sealed} were sealed.",
    )
    for op in each.ops:
        tell(f"  изменена операция {op}", f"  op {op} was changed")
    for n in each.entries:
        tell(f"  изменена запись журнала {n}", f"  audit entry {n} was changed")
    if each.chain:
        tell(
            "  сам блок не тот, что был отмечен в файле audit.chain",
            "  the block itself is not the one that the file audit.chain names",
        )


@audit.command(
    "list",
    help=(
        """Показать журнал доступа, последние записи сверху.

        Кто что читал, писал, выгружал, решал и в чём ему отказали.""",
        """Show the audit, the latest entries first.

        Who read, wrote, took out and decided what, and was refused what.""",
    ),
)
@option("--who", help=("Номер учётной записи или планшета.", "Id of an account or a tablet."))
@option("--family", help=("Номер семьи.", "Id of a family."))
@option("--action", help=("Что делали, например read или export.", "What was done, e.g. read or export."))
@option("--before", type=int, help=("Только записи с меньшим номером.", "Only entries with a smaller number."))
@as_json
@on_database
def list_entries(who: str | None, family: str | None, action: str | None, before: int | None, as_json: bool) -> None:
    found = entries.entries(who, family, action, before)
    if as_json:
        return print_json([asdict(each) for each in found])
    columns = (
        ("№", "No."),
        ("Когда", "When"),
        ("Кто", "Who"),
        ("Что", "What"),
        ("Над чем", "Of what"),
        ("Ещё", "More"),
    )
    print_table([say(*column) for column in columns], (_row(each) for each in found))


def _row(each: entries.Entry) -> tuple[Any, ...]:
    more = orjson.dumps(each.details).decode() if each.details else None
    return each.n, local(each.at), each.who, each.action, each.subject, each.reason or more
