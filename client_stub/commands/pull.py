"""`vyezd-tablet pull`: read what is new and send nothing."""

from __future__ import annotations

import click

from client_stub.commands.screen import Screen, json_option, options
from client_stub.commands.sync import account
from client_stub.sync import sync
from client_stub.words import count


@click.command()
@options
@json_option
@click.pass_obj
def pull(screen: Screen) -> None:
    """Получить новое, ничего не отправляя. / Pull what is new, send nothing."""
    with screen.open() as store:
        with screen.progress(waiting=0) as tell:
            report = sync(store, screen.server(store), push=False, tell=tell)
        if report.trouble:
            raise report.trouble
        if screen.json:
            return screen.data(account(screen, store, report))
        for key in ("erased", "revoked", "outdated"):
            if getattr(report, key):
                return screen.say(f"sync.{key}", style="bold red")
        screen.say("pull.done", style="bold green", records=count(report.received, "record", screen.lang))
        families = store.db.table("server").count_where("type = 'family'")
        screen.say("pull.families", families=count(families, "family", screen.lang))
        if report.gone:
            screen.say("pull.gone", records=count(report.gone, "record", screen.lang))
        if report.waiting:
            screen.say("pull.waiting", style="yellow", edits=count(report.waiting, "edit", screen.lang))
