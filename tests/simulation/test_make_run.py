"""What a newcomer sees: `make run` on an empty folder, the trip of three teams' tablets, a second start on
the same data."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "run.py"
PATIENCE = 120


class Run:
    """`scripts/run.py` in a process of its own, on a folder and a free port of its own."""

    def __init__(self, data: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {**os.environ, "VYEZD_DATA": str(data), "VYEZD_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        for name in ("VYEZD_DATABASE_URL", "VYEZD_LANG", "VYEZD_PRODUCTION"):
            self.env.pop(name, None)

    def start(self) -> str:
        """Starts it and returns what it prints until the server runs."""
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, SCRIPT], env=self.env, stdout=pipe, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if "Stop it with Ctrl-C" in line:
                return said
        raise AssertionError(said)

    def stop(self) -> str:
        """Ctrl-C. Returns the last words."""
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=PATIENCE)
        return said

    def again(self) -> subprocess.CompletedProcess[str]:
        """A second one beside the first."""
        return subprocess.run([sys.executable, SCRIPT], env=self.env, capture_output=True, text=True, timeout=PATIENCE)

    def vyezd(self, *words: str) -> str:
        program = Path(sys.executable).with_name("vyezd")
        return subprocess.run([program, *words], env=self.env, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path / "data")
    yield run
    if run.process.poll() is None:
        run.process.kill()


def test_make_run_shows_three_teams_trips_and_what_they_disagree_about(run: Run) -> None:
    said = run.start()
    assert "База данных с демонстрацией создана" in said
    assert said.count("Адрес: «") == 3  # one disputed address a team
    assert "потеряно 0, задвоено 0" in said
    assert f"Выезд работает: {run.url}" in said
    with urllib.request.urlopen(f"{run.url}/api/v1/readyz") as answer:
        assert json.load(answer)["status"] == "ok"
    assert "занят" in run.again().stdout
    tablets = json.loads(run.vyezd("device", "list", "--json"))
    assert sorted(tablet["team"] for tablet in tablets) == ["IK-1", "IK-1", "KY-1", "KY-1", "LI-1", "LI-1"]
    assert "данные сохранены" in run.stop()

    said = run.start()
    assert "уже есть, работаем с ними" in said
    assert "уезжают" not in said
    assert len(json.loads(run.vyezd("device", "list", "--json"))) == 6
    run.stop()
