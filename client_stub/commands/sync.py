"""`vyezd-tablet sync`: the whole way home in one command, and an account of it that leaves no doubt."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from client_stub import clock
from client_stub.commands import lists
from client_stub.commands.screen import Screen, json_option, options
from client_stub.overview import overview, settled
from client_stub.report import Report
from client_stub.store import Store
from client_stub.sync import sync as round_trip
from client_stub.words import count, say, when


@click.command()
@options
@json_option
@click.pass_obj
def sync(screen: Screen) -> None:
    """Отправить записанное и получить новое. / Send what waits, then pull what is new."""
    with screen.open() as store:
        with screen.progress(store.waiting()) as tell:
            report = round_trip(store, screen.server(store), tell=tell)
        said = account(screen, store, report)
        if screen.json:
            screen.data(said)
        else:
            show(screen, store, report, said)
    if report.trouble or report.photo_trouble:
        raise click.exceptions.Exit(1)


def account(screen: Screen, store: Store, report: Report) -> dict[str, Any]:
    """What a sync did, as JSON: counts by outcome, then the tablet's overview."""
    return {
        "sent": len(report.results),
        "applied": len(report.of("applied")),
        "conflict": len(report.of("conflict")),
        "stored": len(report.of("stored")),
        "quarantined": len(report.of("quarantined")),
        "offered": report.offered,
        "to_offer": report.to_offer,
        "received": report.received,
        "gone": report.gone,
        "settled": settled(store, report.settled, screen.lang),
        "new_notices": report.notices,
        "fresh_starts": report.fresh_starts,
        "rewound": report.rewound,
        "revoked": report.revoked,
        "erased": report.erased,
        "outdated": report.outdated,
        "reenrol": report.reenrol,
        "trouble": report.trouble and {"code": report.trouble.code, "text": report.trouble.say(screen.lang)},
        "outbox": report.waiting,
        "all_handed_in": report.is_all_handed_in,
        "photos": report.photos,
        "photos_handed_in": report.are_photos_handed_in,
        "photo_trouble": report.photo_trouble
        and {"code": report.photo_trouble.code, "text": report.photo_trouble.say(screen.lang)},
        **overview(store, screen.lang),
    }


def show(screen: Screen, store: Store, report: Report, said: dict[str, Any]) -> None:
    """Print it: the figures, the lists behind them, and whether anything needs the person before the
    screen.
    """
    screen.say("sync.title", style="bold", when=when(clock.now(store).isoformat()))
    screen.out.print(_figures(screen, report))
    lists.show(screen, said)
    screen.line()
    for key in ("revoked", "erased", "outdated", "reenrol"):
        if said[key]:
            screen.say(f"sync.{key}", style="bold red")
    if report.fresh_starts:
        screen.say("sync.afresh")
    if report.trouble:
        screen.say("trouble.mark", style="bold red", text=report.trouble.say(screen.lang))
    _close(screen, report)
    if report.photo_trouble:
        screen.say("trouble.mark", style="bold red", text=report.photo_trouble.say(screen.lang))
    lists.photos(screen, report.photos)


def _close(screen: Screen, report: Report) -> None:
    """The last line: whether all is handed in, and what to do about it if not."""
    if report.waiting:
        kept = "sync.kept_for_code" if report.reenrol and not report.trouble else "sync.kept"
        screen.say(kept, style="bold green", edits=count(report.waiting, "edit", screen.lang))
    elif report.to_offer:
        screen.say("sync.to_offer", style="bold yellow", edits=count(report.to_offer, "edit", screen.lang))
    else:
        done = "sync.done" if report.are_photos_handed_in else "records.handed_in"
        screen.say("sync.rewound" if report.rewound else done, style="bold green")


def _figures(screen: Screen, report: Report) -> Table:
    figures = Table(box=None, show_header=False, pad_edge=True)
    figures.add_column(justify="right")
    figures.add_column()
    rows = [
        ("sent", len(report.results), ""),
        ("applied", len(report.of("applied")), "green"),
        ("conflict", len(report.of("conflict")), "magenta"),
        ("stored", len(report.of("stored")), "cyan"),
        ("quarantined", len(report.of("quarantined")), "yellow"),
        ("offered", report.offered, ""),
        ("waiting", report.waiting, "bold yellow"),
        ("received", report.received, ""),
        ("gone", report.gone, ""),
    ]
    always = {"sent", "applied", "waiting", "received"}
    for name, number, style in rows:
        if number or name in always:
            figures.add_row(str(number), say(f"figure.{name}", screen.lang), style=style if number else "dim")
    return figures
