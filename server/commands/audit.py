"""`vyezd audit`: proof that nothing in the history was changed or removed behind the program's back."""

from __future__ import annotations

from dataclasses import asdict

import click

from server import seal
from server.commands.opening import on_database
from server.commands.printing import as_json, print_json
from server.commands.speech import Group, tell


@click.group(cls=Group, help=("Проверка неизменности истории.", "Proof that the history is unchanged."))
def audit() -> None:
    pass


@audit.command(
    "verify",
    help=(
        """Проверить цепочку дайджестов по всей истории и опечатать новое.

        Всё принятое однажды опечатано блоками, каждый из которых зависит от предыдущих. Изменённая или
        пропавшая операция видна здесь; код выхода тогда 1. Выполняйте каждый день.""",
        """Check the chain of digests over the whole history and seal what is new.

        All that was received is sealed in blocks, each of which depends on those before. A changed or missing
        op shows here; the exit code is 1 then. Run it every day.""",
    ),
)
@as_json
@click.pass_context
@on_database
def verify(context: click.Context, as_json: bool) -> None:
    broken = seal.verify()
    sealed = 0
    while not broken and (count := seal.seal()):
        sealed += count
    if as_json:
        print_json({"ok": not broken, "broken": [asdict(each) for each in broken], "sealed": sealed})
    elif broken:
        for each in broken:
            tell(
                f"Блок {each.block} не сходится: операций {each.ops}, опечатано было {each.sealed}.",
                f"Block {each.block} does not hold: {each.ops} ops, {each.sealed} were sealed.",
            )
    else:
        tell(
            f"История цела. Опечатано новых операций: {sealed}.",
            f"The history is whole. Ops newly sealed: {sealed}.",
        )
    context.exit(1 if broken else 0)
