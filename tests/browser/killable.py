"""A browser with a profile on the disk, which can be killed in the middle of anything and opened again."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import requests
from playwright.sync_api import BrowserContext, BrowserType

from tests.support import chromium

SECONDS = 30


class KillableBrowser:
    """Chromium as a process of its own, spoken to over its debugging port."""

    def __init__(self, kind: BrowserType, profile: Path, *flags: str) -> None:
        self.kind, self.profile = kind, profile
        self.flags = (
            *chromium.FLAGS,
            f"--user-data-dir={profile}",
            "--remote-debugging-port=0",
            "--accept-lang=ru-RU",
            *flags,
        )

    def open(self) -> BrowserContext:
        """Starts it on what the profile holds. Raises TimeoutError."""
        port = self.profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [str(chromium.find()), *self.flags],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"TZ": "Europe/Astrakhan"},
        )
        until = time.monotonic() + SECONDS
        while not (port.exists() and (lines := port.read_text().splitlines())):
            if time.monotonic() > until:
                raise TimeoutError("Chromium did not start")
            time.sleep(0.05)
        context = self._connected(f"http://127.0.0.1:{lines[0]}", until)
        context.set_default_timeout(SECONDS * 1000)
        return context

    def _connected(self, port: str, until: float) -> BrowserContext:
        """When it has a page: whoever speaks to it before may wait for ever."""
        while not any(each["type"] == "page" for each in requests.get(f"{port}/json/list", timeout=SECONDS).json()):
            if time.monotonic() > until:
                raise TimeoutError("Chromium has no page")
            time.sleep(0.05)
        return self.kind.connect_over_cdp(port).contexts[0]

    def kill(self) -> None:
        """SIGKILL: it gets to say nothing."""
        self.process.kill()
        self.process.wait()
