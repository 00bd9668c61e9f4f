"""`vyezd overdue`: what the new day has made a matter; for a timer, where the server is seldom restarted."""

from __future__ import annotations

import click

from server import overdue
from server.commands.opening import on_database
from server.commands.printing import as_json, print_json
from server.commands.speech import Command, tell


@click.command(
    "overdue",
    cls=Command,
    help=(
        """Найти то, что просрочено с сегодняшнего дня, и поставить в очередь офиса.

        Сервер делает это сам при запуске и с первой связью дня; повтор в тот же день ничего не меняет.""",
        """Find what is overdue since today and put it into the office's queue.

        The server does so by itself at its start and with the first sync of a day; a repeat changes nothing.""",
    ),
)
@as_json
@on_database
def command(as_json: bool) -> None:
    looked_at = overdue.sweep()
    if as_json:
        print_json({"looked_at": looked_at})
        return
    tell(f"Просмотрено: {looked_at}.", f"Looked at: {looked_at}.")
