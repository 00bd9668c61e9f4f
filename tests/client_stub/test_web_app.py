"""The tablet's web app: its own tests (Vitest, in client_stub/web/tests) and its types, where `make setup` has run."""

from __future__ import annotations

import subprocess

import pytest

from scripts import web_assets

APP = web_assets.ROOT / "client_stub" / "web"
MODULES = APP / "node_modules"


@pytest.mark.parametrize("program", [("vitest/vitest.mjs", "run"), ("typescript/bin/tsc", "--noEmit")])
def test_the_web_apps_own_tests_and_types_hold(program: tuple[str, str]) -> None:
    if not MODULES.is_dir():
        pytest.skip("the web app's packages are not installed: make setup")
    path, argument = program
    done = subprocess.run([*web_assets.node(), MODULES / path, argument], cwd=APP, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
