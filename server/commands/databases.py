"""`vyezd init`, `upgrade`, `replay`: a database's life."""

from __future__ import annotations

import click
from sqlalchemy.exc import OperationalError

from server import database, keys
from server.commands.opening import app_context, on_database, read_settings, unreachable
from server.commands.printing import as_json, print_json
from server.commands.speech import Command, tell
from server.database import Prepared


@click.command(
    cls=Command,
    help=(
        """Создать базу данных и ключи сервера.

        Всё лежит в папке VYEZD_DATA (./data). Повторный вызов ничего не портит: он доделывает
        недостающее.""",
        """Create the database and the server's keys.

        Everything is in the folder VYEZD_DATA (./data). Calling it again harms nothing: it adds what is
        missing.""",
    ),
)
def init() -> None:
    chosen = read_settings()
    made = keys.make(chosen)
    prepared = prepare()
    if made:
        tell(
            f"Ключи созданы в {chosen.keys}: без них копия базы бесполезна, берегите их.",
            f"Keys were made in {chosen.keys}: a copy of the database is useless without them, so keep them.",
        )
    tell(f"База данных готова, эпоха {prepared.epoch}.", f"The database is ready, epoch {prepared.epoch}.")


@click.command(
    cls=Command,
    help=(
        """Обновить базу после установки новой версии программы.

        Выполняет миграции, пересобирает выборки и разбирает то, что осталось неразобранным. vyezd serve
        делает это сам.""",
        """Bring the database up to date after a new version was installed.

        Runs migrations, rebuilds projections, processes what was left unprocessed. vyezd serve does it by
        itself.""",
    ),
)
def upgrade() -> None:
    prepared = prepare()
    rebuilt = "—" if prepared.records is None else prepared.records
    tell(
        f"База данных в порядке, эпоха {prepared.epoch}. Записей в новых выборках: {rebuilt}; "
        f"разобрано операций: {prepared.replayed}.",
        f"The database is up to date, epoch {prepared.epoch}. Records in new projections: {rebuilt}; "
        f"ops processed: {prepared.replayed}.",
    )


@click.command(
    cls=Command,
    help=(
        """Разобрать принятое, но не разобранное.

        Каждая операция сначала сохраняется и только потом разбирается; после сбоя питания здесь может найтись
        несколько.""",
        """Process what was stored and not processed.

        Each op is stored before it is processed; after a power cut a few may be waiting.""",
    ),
)
@as_json
@on_database
def replay(as_json: bool) -> None:
    done = database.replay()
    if as_json:
        return print_json({"replayed": done})
    tell(f"Разобрано операций: {done}.", f"Ops processed: {done}.")


def prepare() -> Prepared:
    """Brings the database up to date. Raises Refusal when it cannot be reached."""
    with app_context():
        try:
            return database.prepare()
        except OperationalError as error:
            raise unreachable(error) from error
