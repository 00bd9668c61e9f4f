"""How the commands speak: sentences in the person's language, tables, progress bars; JSON for programs."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from client_stub import lease
from client_stub.commands.bars import bars_of
from client_stub.problems import Trouble
from client_stub.report import Tell
from client_stub.store import Store
from client_stub.transport import Server
from client_stub.words import Lang, say

LANGS = ("ru", "en")


def _lang() -> Lang:
    """VYEZD_LANG, Russian unless it is English."""
    return "en" if os.environ.get("VYEZD_LANG", "").lower().startswith("en") else "ru"


def _path() -> Path:
    return Path(os.environ.get("VYEZD_TABLET", "~/.vyezd/tablet.db")).expanduser()


@dataclass
class Screen:
    """What a command knows of the person before it: language, the tablet's file, whether a program reads
    along.
    """

    lang: Lang = field(default_factory=_lang)
    tablet: Path = field(default_factory=_path)
    json: bool = False
    out: Console = field(default_factory=lambda: Console(highlight=False))

    def say(self, key: str, style: str = "", **values: object) -> None:
        """Print a sentence of words.py."""
        self.line(say(key, self.lang, **values), style)

    def line(self, text: str = "", style: str = "") -> None:
        """Print a line as it is: names and addresses are never read as markup."""
        self.out.print(Text(text, style=style), soft_wrap=True)

    def data(self, value: Any) -> None:
        """Print JSON for a program."""
        click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())

    def open(self) -> Store:
        """This tablet's store. Raises Trouble when it has not been enrolled, or was erased."""
        if not self.tablet.exists():
            raise Trouble("not_enrolled")
        store = Store(self.tablet)
        if not store["token"]:
            raise Trouble("erased" if store["erased"] else "not_enrolled")
        return store

    def open_to_read(self) -> Store:
        """The same for what shows records. Raises Trouble when they are locked: the lease has ended, or revoked."""
        store = self.open()
        lease.check(store)
        return store

    def server(self, store: Store) -> Server:
        """The server that this tablet was enrolled at."""
        return Server(store["server_url"], store["token"], self.lang)

    @contextmanager
    def progress(self, waiting: int) -> Iterator[Tell]:
        """Bars for one sync: how much of the outbox has gone, how much a restored server was offered again, how many
        changes have come, how many bytes of files have gone.
        """
        console = Console(stderr=True)
        quiet = self.json or not console.is_terminal
        with Progress(*bars_of(self.lang), console=console, transient=True, disable=quiet) as bars:
            tasks = {
                "sent": bars.add_task(say("progress.sending", self.lang), total=waiting, visible=waiting > 0),
                "offered": bars.add_task(say("progress.offering", self.lang), total=0, visible=False),
                "received": bars.add_task(say("progress.receiving", self.lang), total=None),
            }

            def tell(what: str, number: int) -> None:
                if what in tasks:
                    bars.advance(tasks[what], number)
                elif what == "due" and number:
                    bars.update(tasks["offered"], total=number, visible=True)
                elif what == "photos_due" and number:
                    tasks["photos"] = bars.add_task(say("progress.photos", self.lang), total=number, bytes=True)

            yield tell


class FriendlyGroup(click.Group):
    """Ends every command with a plain sentence, also when it went wrong, and with a status: 0, 1 or 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a working day, as they were added."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            _tell(ctx.ensure_object(Screen), trouble)
        except sqlite3.Error as error:
            _tell(ctx.ensure_object(Screen), Trouble("store_failed", reason=error))
        ctx.exit(1)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            code = error.exit_code
        except click.UsageError as error:
            screen = (error.ctx and error.ctx.find_object(Screen)) or Screen()
            screen.say("trouble.mark", style="bold red", text=_explain(error, screen.lang))
            code = error.exit_code
        except click.Abort:
            Screen().say("trouble.interrupted")
            code = 130
        sys.exit(code if isinstance(code, int) else 0)


def _tell(screen: Screen, trouble: Trouble) -> None:
    said = trouble.say(screen.lang)
    if screen.json:
        screen.data({"trouble": {"code": trouble.code, "text": said}})
    else:
        screen.say("trouble.mark", style="bold red", text=said)


def _explain(error: click.UsageError, lang: Lang) -> str:
    """What is wrong with a command line; click itself speaks English only."""
    path = error.ctx.command_path if error.ctx else "vyezd-tablet"
    named = error.param.get_error_hint(error.ctx) if isinstance(error, click.BadParameter) and error.param else ""
    match error:
        case click.MissingParameter():
            what = say("usage.missing", lang, named=named)
        case click.BadParameter():
            what = say("usage.bad", lang, named=named, message=error.message.rstrip("."))
        case click.NoSuchOption():
            what = say("usage.no_option", lang, named=error.option_name)
        case _:
            what = error.message
    return f"{what} {say('usage.help', lang, path=path)}"


def _keep(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    screen = ctx.ensure_object(Screen)
    if value:
        setattr(screen, option.name, value)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--lang` and `--tablet`, which every command takes."""
    lang = click.option(
        "--lang", type=click.Choice(LANGS), expose_value=False, callback=_keep, is_eager=True,
        help="Язык: ru или en (VYEZD_LANG). / Language.",
    )  # fmt: skip
    tablet = click.option(
        "--tablet", type=click.Path(dir_okay=False, path_type=Path), expose_value=False, callback=_keep,
        help="Файл планшета (VYEZD_TABLET, ~/.vyezd/tablet.db). / The tablet's file.",
    )  # fmt: skip
    return lang(tablet(command))


json_option = click.option(
    "--json", is_flag=True, expose_value=False, callback=_keep, is_eager=True,
    help="Ответ для программ. / Print JSON.",
)  # fmt: skip
