"""`vyezd-tablet fleet`: simulated tablets against a running server, for a demonstration or a trial."""

from __future__ import annotations

from pathlib import Path

import click
from rich import box
from rich.table import Table

from client_stub import fleet as fleets
from client_stub.commands import lists
from client_stub.commands.screen import Screen, json_option, options
from client_stub.words import say

COLUMNS = ("families", "written", "applied", "conflict", "stored", "quarantined", "waiting", "photos")


@click.command()
@click.option("--server", "url", required=True, help="Адрес сервера. / The server's address.")
@click.option("--codes", required=True, help="Коды подключения через запятую. / Enrolment codes, comma-separated.")
@click.option("--seed", default=1, show_default=True, help="Зерно случайности. / Where random choices start.")
@click.option("--visits", default=5, show_default=True, help="Посещений на планшет. / Visits a tablet.")
@click.option("--photos", default=0, show_default=True, help="Снимков на планшет. / Photos a tablet.")
@click.option(
    "--faults",
    default="",
    metavar="A,B",
    callback=lambda ctx, option, value: _kinds(value),
    help=f"Неполадки связи и часов: {', '.join(fleets.FAULTS)} или all. / Faults of links and clocks, or all.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Где оставить файлы планшетов. / Where to keep the tablets' files.",
)
@options
@json_option
@click.pass_obj
def fleet(
    screen: Screen, url: str, codes: str, seed: int, visits: int, photos: int, faults: list[str], folder: Path | None
) -> None:
    """Отправить в выезд несколько учебных планшетов. / Send simulated tablets on a trip."""

    def tell(what: str, tablet: str) -> None:
        if not screen.json:
            screen.say(what, style="dim", tablet=tablet)

    tablets = [code.strip() for code in codes.split(",")]
    summary = fleets.run(url, tablets, seed, visits, folder, screen.lang, tell, faults, photos)
    if screen.json:
        screen.data(summary.as_json())
    else:
        _show(screen, summary)
    if summary.lost or summary.doubled or any(row.trouble or row.photos_waiting for row in summary.rows):
        raise click.exceptions.Exit(1)


def _kinds(text: str) -> list[str]:
    """The faults that are meant. Raises BadParameter for one that there is not."""
    meant = [each.strip() for each in text.split(",") if each.strip()]
    if meant == ["all"]:
        return list(fleets.FAULTS)
    if unknown := [each for each in meant if each not in fleets.FAULTS]:
        raise click.BadParameter(", ".join(unknown))
    return meant


def _show(screen: Screen, summary: fleets.Summary) -> None:
    table = Table(title=say("fleet.title", screen.lang, seed=summary.seed), box=box.SIMPLE_HEAD, padding=0)
    for column in ("tablet", "team"):
        table.add_column(f"{say(f'fleet.{column}', screen.lang)} ", no_wrap=True)
    for column in COLUMNS:
        table.add_column(f" {say(f'fleet.{column}', screen.lang)}", justify="right")
    for row in summary.rows:
        table.add_row(row.tablet, row.team, *(str(getattr(row, column)) for column in COLUMNS))
    screen.out.print(table)
    if summary.happened:
        told = ", ".join(f"{kind} {times}" for kind, times in sorted(summary.happened.items()))
        screen.say("fleet.faults", told=told)
    lists.show(screen, {"disputed": summary.disputed})
    screen.line()
    for row in summary.rows:
        if row.trouble:
            screen.say("trouble.mark", style="bold red", text=f"{row.tablet}: {row.trouble}")
    whole = not (summary.lost or summary.doubled)
    screen.say("fleet.whole" if whole else "fleet.broken", lost=summary.lost, doubled=summary.doubled)
