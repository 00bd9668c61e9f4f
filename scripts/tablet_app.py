"""Builds the tablet's web app of client_stub/web into the ignored folder from which the server serves it.

Installs the packages of its package-lock.json when they have changed, with the same npm as the office's assets.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from web_assets import ROOT, node, npm

APP = ROOT / "client_stub" / "web"
PLAINLY = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
INSTALLED = APP / "node_modules" / ".package-lock.json"  # written by npm when all is there


def main() -> None:
    """Raises CalledProcessError when npm or the build fails."""
    if not _is_current(APP / "package-lock.json", INSTALLED):
        subprocess.run([*npm(), "ci", *PLAINLY], cwd=APP, check=True)
    vite = APP / "node_modules" / "vite" / "bin" / "vite.js"
    subprocess.run([*node(), vite, "build", "--logLevel=warn"], cwd=APP, check=True)


def _is_current(lock: Path, installed: Path) -> bool:
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime


if __name__ == "__main__":
    main()
