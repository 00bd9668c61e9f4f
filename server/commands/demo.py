"""`vyezd demo`: a register to look at, with synthetic people over real settlements."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click
from flask import current_app

from server.commands.opening import on_database
from server.commands.printing import as_json, print_json
from server.commands.progress import bar
from server.commands.speech import Command, Refusal, option, say, tell
from server.demo.loading import ACCOUNTS, SIZES, Loaded, NotEmpty, Production, load


@click.command(
    cls=Command,
    help=(
        """Заполнить пустую базу демонстрационными данными.

        small: около 60 семей вокруг трёх бригад в настоящих сёлах Астраханской области. region: синтетический
        регион, 76 000 семей и 111 000 детей, два года выездов (несколько минут). district: его двадцатая часть.
        Люди вымышлены. Одинаковые --seed и --today дают одинаковые данные. В рабочую базу демонстрация не
        загружается.""",
        """Fill an empty database with demonstration data.

        small: about 60 families around three teams in real villages of Astrakhan oblast. region: a synthetic
        region of 76,000 families and 111,000 children with two years of trips (some minutes). district: a
        twentieth of it. The people are invented. The same --seed and --today give the same data. A production
        database refuses a demonstration.""",
    ),
)
@option("--size", type=click.Choice(SIZES), default="small", show_default=True, help=("Размер.", "Size."))
@option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help=("День, на который сделаны данные (иначе сегодня).", "The day the data is made for (else today)."),
)
@option("--seed", default=1, show_default=True, help=("Зерно случайного выбора.", "Seed of the random choices."))
@as_json
@on_database
def demo(size: str, today: datetime | None, seed: int, as_json: bool) -> None:
    chosen = current_app.config["VYEZD"]
    day = (today or datetime.now(chosen.timezone)).date()
    try:
        with bar(say("Загрузка", "Loading")) as progress:
            loaded = load(chosen, size, seed, day, progress)
    except Production as error:
        raise Refusal("это рабочая база: демонстрация не загружается", "this database is in production") from error
    except NotEmpty as error:
        raise Refusal(
            "в базе уже есть записи. Демонстрации нужна пустая: задайте другую папку VYEZD_DATA",
            "the database holds records. A demonstration needs an empty one: set another folder VYEZD_DATA",
        ) from error
    if as_json:
        return print_json(asdict(loaded))
    _print(loaded)


def _print(loaded: Loaded) -> None:
    if loaded.fresh:
        tell(
            f"Демонстрация загружена: операций {loaded.ops}, бригады {', '.join(loaded.teams)}.",
            f"The demonstration is loaded: {loaded.ops} ops, teams {', '.join(loaded.teams)}.",
        )
    else:
        tell("Демонстрация уже загружена.", "The demonstration is loaded already.")
    for account in loaded.accounts:
        tell(
            f"  вход {account.login}, пароль {account.password} ({account.role})",
            f"  sign in as {account.login}, password {account.password} ({account.role})",
        )
    tell(f"Пароли лежат в VYEZD_DATA/{ACCOUNTS}.", f"The passwords are in VYEZD_DATA/{ACCOUNTS}.")
