"""How the commands speak: every text is a pair, Russian first, and the person's language picks one of it.

The language is that of ``--lang``, else of VYEZD_LANG, else Russian. What is wrong with a command line is
said in it too."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from itertools import pairwise
from typing import Any

import click

Pair = tuple[str, str]
"""A text in Russian and in English."""

LANGUAGES = ("ru", "en")
_chosen: ContextVar[str | None] = ContextVar("language", default=None)


def language() -> str:
    """`ru` or `en`."""
    return _chosen.get() or ("en" if os.environ.get("VYEZD_LANG", "").lower().startswith("en") else "ru")


def say(russian: str, english: str) -> str:
    """The text in the person's language."""
    return russian if language() == "ru" else english


def tell(russian: str, english: str) -> None:
    """Prints the text in the person's language."""
    click.echo(say(russian, english))


class Refusal(click.ClickException):
    """A command cannot do what was asked; the text says why and what to do. Exit code 1."""

    def __init__(self, russian: str, english: str) -> None:
        super().__init__(say(russian, english))

    def show(self, file: Any = None) -> None:
        click.echo(f"{say('Ошибка', 'Error')}: {self.message}", file=file or sys.stderr)


class Option(click.Option):
    """An option whose help is a pair."""

    def __init__(self, names: Sequence[str], help: Pair, **settings: Any) -> None:
        super().__init__(names, help=help[0], **settings)
        self.pair = help

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = say(*self.pair)
        record = super().get_help_record(ctx)
        return record and (record[0], _translate(record[1]))


def _translate(help: str) -> str:
    """click's own words about an option."""
    return help.replace("[required]", f"[{say('обязательно', 'required')}]").replace(
        "[default: ", f"[{say('если не указано', 'default')}: "
    )


def option(*names: str, help: Pair, **settings: Any) -> Callable[[Any], Any]:
    """`click.option` with a pair for its help."""
    return click.option(*names, cls=Option, help=help, **settings)


def _choose(_context: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value:
        _chosen.set(value)


def _language_option() -> Option:
    return Option(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        is_eager=True,
        expose_value=False,
        callback=_choose,
        help=(
            "Язык ответов и справки (иначе VYEZD_LANG).",
            "Language of answers and help (else VYEZD_LANG).",
        ),
    )


class Command(click.Command):
    """A command whose help is a pair; it takes `--lang` and shows its help in the person's language."""

    def __init__(self, name: str | None, help: Pair, **settings: Any) -> None:
        super().__init__(name, help=help[0], **settings)
        self.params.append(_language_option())
        self.pair = help

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        shown = super().get_help_option(ctx)
        if shown is not None:
            shown.help = say("Показать эту справку.", "Show this help.")
        return shown

    def get_short_help_str(self, limit: int = 45) -> str:
        return say(*self.pair).strip().split("\n")[0].rstrip(".")

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        usage = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, usage, prefix=say("Вызов: ", "Usage: "))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = say(*self.pair)
        super().format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = (each for each in self.get_params(ctx) if isinstance(each, click.Option))
        shown = [record for each in options if (record := each.get_help_record(ctx))]
        with formatter.section(say("Ключи", "Options")):
            formatter.write_dl(shown)


class Group(Command, click.Group):
    """A topic: commands below one word."""

    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        commands = [(name, command.get_short_help_str()) for name, command in sorted(self.commands.items())]
        with formatter.section(say("Команды", "Commands")):
            formatter.write_dl(commands)


class Program(Group):
    """The whole program: a mistake on the command line is explained in the person's language."""

    def main(  # type: ignore[override]  # click's overloads tell a mode apart that is not offered here
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **settings: Any
    ) -> Any:
        args = sys.argv[1:] if args is None else args
        _chosen.set(next((lang for name, lang in pairwise(args) if name == "--lang" and lang in LANGUAGES), None))
        settings["standalone_mode"] = False
        try:
            code = super().main(args, prog_name, **settings)
        except click.ClickException as error:
            _show(error)
            code = error.exit_code
        except click.Abort:
            code = 130
        sys.exit(code if isinstance(code, int) else 0)


def _show(error: click.ClickException) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
    elif isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "vyezd"
        click.echo(f"{say('Ошибка', 'Error')}: {_explain(error)}", err=True)
        click.echo(say(f"Справка: {path} --help", f"Help: {path} --help"), err=True)
    else:
        error.show()


def _explain(error: click.UsageError) -> str:
    """click speaks English only: the usual mistakes, in Russian too."""
    if language() == "en":
        return error.format_message()
    named = error.param.get_error_hint(error.ctx) if isinstance(error, click.BadParameter) and error.param else ""
    match error:
        case click.MissingParameter():
            return f"не указано {named}"
        case click.BadParameter():
            return f"не годится значение {named}: {error.message}"
        case click.NoSuchOption():
            return f"нет такого ключа: {error.option_name}"
        case click.exceptions.NoSuchCommand():
            return f"нет такой команды: {error.command_name}"
    return error.format_message()
