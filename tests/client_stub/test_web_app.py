"""The tablet's web app: its own tests (Vitest, in client_stub/web/tests) and its types, where `make setup` has run."""

from __future__ import annotations

import gzip
import re
import subprocess

import pytest

from scripts import web_assets

APP = web_assets.ROOT / "client_stub" / "web"
MODULES = APP / "node_modules"
BUILT = web_assets.ROOT / "server" / "web" / "static" / "tablet"
FIRST_LOAD = 300 * 1024  # bytes: a minute on the worst link of a village


@pytest.mark.parametrize("program", [("vitest/vitest.mjs", "run"), ("typescript/bin/tsc", "--noEmit")])
def test_the_web_apps_own_tests_and_types_hold(program: tuple[str, str]) -> None:
    if not MODULES.is_dir():
        pytest.skip("the web app's packages are not installed: make setup")
    path, argument = program
    done = subprocess.run([*web_assets.node(), MODULES / path, argument], cwd=APP, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_load_is_small_though_it_brings_all_that_is_needed_without_a_network() -> None:
    if not (BUILT / "sw.js").is_file():
        pytest.skip("the tablet's app is not built: make setup")
    worker = (BUILT / "sw.js").read_text(encoding="utf-8")
    kept = set(re.findall(r'url:\s*"([^"]+)"', worker))
    assert {"index.html", "manifest.webmanifest"} < kept
    files = [worker.encode(), *((BUILT / name).read_bytes() for name in kept)]
    assert sum(len(gzip.compress(data)) for data in files) < FIRST_LOAD
