"""`vyezd serve`: the database brought up to date, then this process becomes gunicorn."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path

import click

from server.commands.databases import prepare
from server.commands.opening import app_context, read_settings
from server.commands.speech import Command, Refusal, option, tell
from server.demo import loading
from server.settings import Settings


@click.command(
    cls=Command,
    help=(
        """Запустить сервер: планшеты и офис по одному адресу.

        Сначала обновляется база, затем запускается gunicorn. Останавливает его Ctrl-C или SIGTERM; принятое
        не теряется.""",
        """Start the server: tablets and the office at one address.

        The database is brought up to date first, then gunicorn starts. Ctrl-C or SIGTERM stops it; nothing
        stored is lost.""",
    ),
)
@option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help=("На каком адресе слушать.", "The address to listen on."),
)
@option("--port", default=8000, show_default=True, help=("Порт.", "The port."))
@option("--workers", default=2, show_default=True, help=("Сколько процессов.", "How many processes."))
@option("--threads", default=8, show_default=True, help=("Потоков в каждом процессе.", "Threads in each process."))
def serve(host: str, port: int, workers: int, threads: int) -> None:
    program = Path(sys.executable).with_name("gunicorn")
    if not program.exists():
        raise Refusal("рядом с Python нет gunicorn", "there is no gunicorn beside this Python")
    chosen = read_settings()
    _refuse_if_taken(host, port)
    prepare()
    _refuse_demonstration(chosen)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_fresh_metrics(chosen))
    tell(f"Слушаю http://{host}:{port}", f"Listening on http://{host}:{port}")
    sys.stdout.flush()
    os.execv(program, [str(program), *_arguments(host, port, workers, threads)])


def _refuse_demonstration(chosen: Settings) -> None:
    """Real people do not work on a database to which others have the passwords."""
    if not chosen.production:
        return
    with app_context():
        if loading.has_accounts():
            raise Refusal(
                "в рабочей базе есть демонстрационные учётные записи. Начните с пустой папки VYEZD_DATA",
                "this production database holds demonstration accounts. Begin with an empty folder VYEZD_DATA",
            )


def _refuse_if_taken(host: str, port: int) -> None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise Refusal(
            f"адрес {host}:{port} занят или недоступен ({error.strerror}). Выберите другой порт: --port",
            f"the address {host}:{port} is taken or cannot be had ({error.strerror}). Choose another one: --port",
        ) from error


def _arguments(host: str, port: int, workers: int, threads: int) -> list[str]:
    """No control socket (it would lie in the home folder) and no preloading (children would inherit SQLite's
    handle)."""
    return [
        "server.app:create_app()",
        "--config=python:server.workers",
        "--worker-class=gthread",
        "--no-control-socket",
        f"--bind={host}:{port}",
        f"--workers={workers}",
        f"--threads={threads}",
        "--limit-request-line=8190",
        "--limit-request-fields=60",
        "--limit-request-field_size=8190",
    ]


def _fresh_metrics(chosen: Settings) -> Path:
    """An empty folder where the workers share their counters."""
    folder = chosen.data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
