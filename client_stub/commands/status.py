"""`vyezd-tablet status`: where this tablet stands, without any connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import click

from client_stub import kept, photos, receipts
from client_stub.commands import lists
from client_stub.commands.screen import Screen, json_option, options
from client_stub.overview import overview, worker_name
from client_stub.store import Store
from client_stub.words import count, say, when

SHOWN_TYPES = ("family", "visit")


@click.command()
@click.option("--receipts", "only_receipts", is_flag=True, help="Квитанции сервера. / The server's receipts.")
@options
@json_option
@click.pass_obj
def status(screen: Screen, only_receipts: bool) -> None:
    """Что ждёт отправки, что исправить, о чём решают в офисе. / What waits, what to mend, what is being
    decided.
    """
    with screen.open_to_read() as store:
        if only_receipts:
            return _show_receipts(screen, receipts.kept(store))
        said = _status(screen, store)
    if screen.json:
        return screen.data(said)
    screen.say("status.team", style="bold", team=said["team"]["name"], code=said["team"]["code"])
    screen.say("status.worker", name=said["worker"] or "—")
    synced = when(said["synced_at"]) if said["synced_at"] else "—"
    screen.say("status.contact", server=said["server"], when=synced, until=when(said["lease_until"]))
    screen.line(", ".join(count(number, type, screen.lang) for type, number in said["records"].items()))
    screen.say("status.accepted", number=said["acknowledged"])
    screen.say("status.receipts", number=said["receipts"])
    lists.show(screen, said)
    screen.line()
    if said["reenrol"]:
        screen.say("sync.reenrol", style="bold red")
    _close(screen, said)
    lists.photos(screen, said["photos"])


def _close(screen: Screen, said: Mapping[str, Any]) -> None:
    """The last line: what is still to be handed in, for the first time or again."""
    if said["outbox"]:
        screen.say("status.waiting", style="bold yellow", edits=count(said["outbox"], "edit", screen.lang))
    elif said["to_offer"]:
        screen.say("sync.to_offer", style="bold yellow", edits=count(said["to_offer"], "edit", screen.lang))
    else:
        done = "status.nothing_waits" if said["photos_handed_in"] else "records.handed_in"
        screen.say("sync.rewound" if said["rewound"] else done, style="bold green")


def _show_receipts(screen: Screen, told: list[dict[str, Any]]) -> None:
    """Receipts to read, or with `--json` to hand to somebody who checks them."""
    if screen.json:
        return screen.data(told)
    if not told:
        return screen.say("status.no_receipts")
    for receipt in told:
        outcomes = Counter(op["outcome"] for op in receipt["ops"])
        listed = ", ".join(f"{say(f'figure.{name}', screen.lang)} — {number}" for name, number in outcomes.items())
        edits = count(len(receipt["ops"]), "edit", screen.lang)
        screen.say("status.receipt", when=when(receipt["at"]), edits=edits, outcomes=listed, batch=receipt["batch"])


def _status(screen: Screen, store: Store) -> dict[str, Any]:
    records, taken = store.db.table("server"), photos.standing(store)
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
        "to_offer": kept.to_offer(store),
        "rewound": bool(store["rewound"]),
        "reenrol": bool(store["reenrol"]),
        "receipts": store.db.table("receipts").count,
        "photos": taken,
        "photos_handed_in": not (taken["waiting"] or taken["refused"]),
        **overview(store, screen.lang),
    }
