"""`vyezd figures`: the region in figures, each with its unit."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click
from flask import current_app

from server.commands.opening import on_database
from server.commands.printing import as_json, print_json, print_table
from server.commands.speech import Command, option, say, tell
from server.reading import figures as reading

NAMES = {
    "families": ("Семьи с детьми", "Families with children"),
    "children": ("Дети", "Children"),
    "low_income": ("Дети в малоимущих семьях", "Children in low-income families"),
    "disabled_child": ("Дети-инвалиды", "Disabled children"),
    "sop": ("Дети в социально опасном положении", "Children in a socially dangerous position"),
}
UNITS = {"family": ("семья", "family"), "child": ("ребёнок", "child")}


@click.command(
    cls=Command,
    help=(
        """Показатели региона на день, каждый со своей единицей: семьи с детьми, дети, дети по категориям.

        Категории пересекаются: складывать их нельзя. Посчитано по записям регистра.""",
        """The region's figures on a day, each with its unit: families with children, children, children by category.

        Categories overlap: never sum them. Counted from the register's records.""",
    ),
)
@option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help=("На какой день (иначе сегодня).", "On which day (else today).")
)
@as_json
@on_database
def figures(day: datetime | None, as_json: bool) -> None:
    found = reading.count((day or datetime.now(current_app.config["VYEZD"].timezone)).date())
    if as_json:
        return print_json(asdict(found))
    if found.is_synthetic:
        tell(
            "Синтетические данные: места настоящие, люди и цифры составлены генератором.",
            "Synthetic data: the places are real, the people and figures were made by a generator.",
        )
    columns = (say("Показатель", "Figure"), say("Единица", "Unit"), say("Значение", "Value"))
    print_table(columns, ((say(*NAMES[each.name]), say(*UNITS[each.unit]), each.value) for each in found.figures))
    records = ", ".join(f"{name} {number}" for name, number in found.records.items())
    tell(f"Записей: {records}; операций: {found.ops}.", f"Records: {records}; ops: {found.ops}.")
