"""Commands that work on the database run inside an app; what is not ready yet is said in plain words."""

from __future__ import annotations

import functools
import getpass
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from server import audit, database, epoch, projections, settings
from server.app import create_app
from server.commands.speech import Refusal
from server.db import reading
from server.keys import EmptyKey, NoKeys
from server.settings import Settings

SUBJECTS = ("id", "op", "record", "type", "team_code")
"""The parameters of commands that name what they are about."""


def on_database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Runs a command inside an app whose database `vyezd init` has made."""

    @functools.wraps(command)
    def inside(*arguments: Any, **options: Any) -> Any:
        with opened():
            _note(options)
            return command(*arguments, **options)

    return inside


def _note(options: dict[str, Any]) -> None:
    """The audit names the command and what it is about, never what was typed as a name or a remark."""
    subject = next((options[name] for name in SUBJECTS if options.get(name)), None)
    command = click.get_current_context().command_path
    audit.record("command", who=audit.OPERATOR, subject=subject, command=command, account=_account())


def _account() -> str:
    """The account of the operating system under which the command runs."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


@contextmanager
def opened() -> Iterator[Flask]:
    """An app and its context. Raises Refusal when there is no database yet, or none can be reached."""
    with app_context() as app:
        try:
            with reading() as connection:
                epoch.of(connection)
                current = projections.are_current(connection)
            if not (current and database.is_migrated()):
                raise Refusal(
                    "база старее программы: выполните vyezd upgrade",
                    "run vyezd upgrade: the database is older",
                )
        except (epoch.NoDatabase, ProgrammingError) as error:
            raise no_database() from error
        except OperationalError as error:
            raise unreachable(error) from error
        yield app


@contextmanager
def app_context() -> Iterator[Flask]:
    """An app and its context, whatever its database holds. Raises Refusal without keys, and with an empty one."""
    try:
        app = create_app(read_settings())
    except NoKeys as error:
        raise no_database() from error
    except EmptyKey as error:
        raise Refusal(
            f"файл ключа {error} пуст: верните его из копии (если данных ещё нет, удалите и выполните vyezd init)",
            f"the key file {error} is empty: bring it back from a backup (or, before there are data, remove it and "
            "run vyezd init)",
        ) from error
    _log_warnings_only()
    with app.app_context():
        yield app


def read_settings() -> Settings:
    """The settings of the environment. Raises Refusal for a value that makes no sense."""
    try:
        return settings.read()
    except (KeyError, ValueError) as error:
        raise Refusal(f"не понимаю настройку VYEZD_…: {error}", f"a VYEZD_… setting makes no sense: {error}") from error


def no_database() -> Refusal:
    """What to say before `vyezd init`."""
    return Refusal("базы данных ещё нет: сначала vyezd init", "there is no database yet: run vyezd init first")


def unreachable(error: OperationalError) -> Refusal:
    """What to say when the database does not answer, or holds none of our tables."""
    if "no such table" in str(error.orig):
        return no_database()
    return Refusal(
        f"база данных недоступна: {error.orig}\nПроверьте VYEZD_DATA и VYEZD_DATABASE_URL.",
        f"the database cannot be reached: {error.orig}\nCheck VYEZD_DATA and VYEZD_DATABASE_URL.",
    )


def _log_warnings_only() -> None:
    """A person at a terminal reads the answer, not the log."""
    logger = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=logger, logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
