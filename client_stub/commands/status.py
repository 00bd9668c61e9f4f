"""`vyezd-tablet status`: where this tablet stands, without any connection."""

from __future__ import annotations

from typing import Any

import click

from client_stub.commands import lists
from client_stub.commands.screen import Screen, json_option, options
from client_stub.overview import overview, worker_name
from client_stub.store import Store
from client_stub.words import count, when

SHOWN_TYPES = ("family", "visit")


@click.command()
@options
@json_option
@click.pass_obj
def status(screen: Screen) -> None:
    """Что ждёт отправки, что исправить, о чём решают в офисе. / What waits, what to mend, what is being
    decided.
    """
    with screen.open() as store:
        said = _status(screen, store)
    if screen.json:
        return screen.data(said)
    screen.say("status.team", style="bold", team=said["team"]["name"], code=said["team"]["code"])
    screen.say("status.worker", name=said["worker"] or "—")
    synced = when(said["synced_at"]) if said["synced_at"] else "—"
    screen.say("status.contact", server=said["server"], when=synced, until=when(said["lease_until"]))
    screen.line(", ".join(count(number, type, screen.lang) for type, number in said["records"].items()))
    screen.say("status.accepted", number=said["acknowledged"])
    lists.show(screen, said)
    screen.line()
    if said["outbox"]:
        screen.say("status.waiting", style="bold yellow", edits=count(said["outbox"], "edit", screen.lang))
    else:
        screen.say("status.nothing_waits", style="bold green")


def _status(screen: Screen, store: Store) -> dict[str, Any]:
    records = store.db.table("server")
    return {
        "server": store["server_url"],
        "device": store["device"],
        "team": store["team"],
        "worker": worker_name(store, store["worker"]),
        "epoch": store["epoch"],
        "synced_at": store["synced_at"],
        "lease_until": store["lease_until"],
        "records": {type: records.count_where("type = ?", [type]) for type in SHOWN_TYPES},
        "acknowledged": store.db.table("acknowledged").count_where("outcome <> 'quarantined'"),
        "outbox": store.waiting(),
        **overview(store, screen.lang),
    }
