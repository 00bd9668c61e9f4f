"""What commands print: tables for people, JSON for programs, local times."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click
import orjson
from flask import current_app
from rich import box
from rich.console import Console
from rich.table import Table

from server.commands.speech import option

PIPE_WIDTH = 1000  # what is not read on a terminal is never folded

as_json = option(
    "--json", "as_json", is_flag=True, help=("Ответ в JSON, для программ.", "Answer in JSON, for programs.")
)


def print_json(data: Any) -> None:
    """Prints data as JSON, indented, in UTF-8."""
    click.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Prints a table; None is shown as a dash."""
    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*("—" if cell is None else str(cell) for cell in row))
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    Console(file=sys.stdout, width=width, markup=False, highlight=False).print(table)


def local(ms: int | None) -> str | None:
    """Unix milliseconds as a local date and time, e.g. `21.11.2026 19:41`."""
    if ms is None:
        return None
    zone = current_app.config["VYEZD"].timezone
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).strftime("%d.%m.%Y %H:%M")


def only(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Some entries of a mapping."""
    return {name: row.get(name) for name in names}
