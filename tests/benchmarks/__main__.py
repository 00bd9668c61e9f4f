"""`make bench`: the goals as one table and as build/bench.json (ARGS="--row storm --profile" for one and its profile).

Rows that are not asked for keep the figures of their last run in the JSON. Nothing here fails a build by time.
"""

from __future__ import annotations

import click
from rich.console import Console

from tests.benchmarks import frame, profiling, report
from tests.benchmarks.bench import Bench
from tests.benchmarks.scale import SCALES


@click.command(help=__doc__)
@click.option("--row", "names", multiple=True, help="Only this row; may be repeated. `--list` names them.")
@click.option("--list", "is_list", is_flag=True, help="Name the rows and their goals, and measure nothing.")
@click.option("--markdown", is_flag=True, help="Print the figures that build/bench.json holds, and measure nothing.")
@click.option(
    "--scale", type=click.Choice(list(SCALES)), default="full", show_default=True, help="How much is measured."
)
@click.option("--seed", default=1, show_default=True, help="Where random choices start.")
@click.option("--profile", is_flag=True, help="Also tell which functions took the time; the figures suffer from it.")
@click.option("--peers/--no-peers", default=True, show_default=True, help="Measure the peers too.")
def main(
    names: tuple[str, ...], is_list: bool, markdown: bool, scale: str, seed: int, profile: bool, peers: bool
) -> None:
    rows = frame.all_rows()
    if unknown := sorted(set(names) - rows.keys()):
        raise click.BadParameter(f"no row {', '.join(unknown)}; there are {', '.join(rows)}")
    if is_list:
        for name, row in rows.items():
            click.echo(f"{name:16} {row.WORK}: {row.GOAL}")
        return
    if markdown:
        click.echo(report.markdown(Bench(SCALES[scale])))
        return
    figures: list[frame.Figure] = []
    with Bench(SCALES[scale], seed, profile, peers=peers) as bench:
        for name in names or rows:
            click.echo(f"measuring {name} …", err=True)
            figures += frame.measure(bench, rows[name])
            report.keep(bench, figures)
            if bench.profiles:
                click.echo(profiling.told(bench.profiles))
    Console(width=150).print(report.table(bench, figures))


if __name__ == "__main__":
    main()
