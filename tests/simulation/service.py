"""A real server to send fleets to: `vyezd serve`, with gunicorn, on a port and a database of its own."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.support import templates

PROGRAM = Path(sys.executable).with_name("vyezd")
PATIENCE_SECONDS = 30
_made: dict[tuple[Sequence[Sequence[str]], str], tuple[Path, str]] = {}  # → the data folder and the database's template


class Service:
    """A register with demonstration data, served until the test is over; it can be killed and started
    again.
    """

    patience = PATIENCE_SECONDS

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.database_url = database_url
        self.log = folder / "serve.log"
        self.settings = os.environ | {"VYEZD_DATA": str(folder), "VYEZD_DATABASE_URL": database_url, "VYEZD_LANG": "ru"}
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.prepare()

    making: Sequence[Sequence[str]] = (("init",), ("demo", "--size", "small"))
    """The commands that make what is served."""

    def prepare(self) -> None:
        """Lays the database and the data folder as the commands leave them; they run once an engine."""
        at = make_url(self.database_url)
        made = (self.making, "" if at.get_backend_name() == "sqlite" else str(at.set(database=None)))
        if made in _made:
            folder, template = _made[made]
            shutil.copytree(folder, self.folder, dirs_exist_ok=True)
            templates.put(template, self.database_url)
            return
        for words in self.making:
            self.command(*words)
        kept = Path(tempfile.mkdtemp(prefix="vyezd-served-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        shutil.copytree(self.folder, kept, dirs_exist_ok=True, ignore=shutil.ignore_patterns("vyezd.db*"))
        _made[made] = kept, templates.take(self.database_url)

    def command(self, *words: str) -> str:
        """The output of `vyezd WORDS`."""
        done = subprocess.run([PROGRAM, *words], env=self.settings, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def codes(self, *teams: str) -> list[str]:
        """An enrolment code for each of the teams named."""
        return [json.loads(self.command("device", "code", "--team", team, "--json"))["code"] for team in teams]

    def serving(self) -> list[str | Path]:
        """The command that serves."""
        return [PROGRAM, "serve", "--port", str(self.port)]

    def start(self) -> None:
        """Serve, and return when it answers. Raises TimeoutError with the end of the log."""
        with self.log.open("ab") as log:
            options = {"env": self.settings, "stdout": log, "stderr": log, "start_new_session": True}
            self.process = subprocess.Popen(self.serving(), **options)
        deadline = time.monotonic() + self.patience
        while not self._answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.stop()
                raise TimeoutError(self.log.read_text()[-2000:])
            time.sleep(0.1)

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill(self) -> None:
        """The power goes: gunicorn and its workers end at once."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End as an operator would."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE_SECONDS)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/readyz", timeout=self.patience) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


class BareService(Service):
    """The same with an empty register."""

    making = (("init",),)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
