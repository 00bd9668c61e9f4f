"""What the house's rules look at: the files of the checkout, their imports, the requirements of setup.cfg."""

from __future__ import annotations

import ast
import configparser
import functools
import subprocess
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("schemas", "sync", "server", "client_stub")


@functools.cache
def files(*suffixes: str) -> list[Path]:
    """Every file that git tracks or would track, sorted; with `suffixes` only these."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    paths = [ROOT / name for name in sorted(filter(None, names)) if (ROOT / name).is_file()]
    return [path for path in paths if not suffixes or path.suffix in suffixes]


def modules(*rooms: str) -> list[Path]:
    """The Python files of these rooms."""
    return [path for path in files(".py") if path.relative_to(ROOT).parts[0] in rooms]


def name(path: Path) -> str:
    """How a failing rule names a file."""
    return path.relative_to(ROOT).as_posix()


def text(path: Path) -> str:
    """The file as text, "" for what is no UTF-8."""
    return path.read_bytes().decode("utf-8", errors="ignore")


def length(path: Path) -> int:
    """How many lines a file has."""
    return len(text(path).splitlines())


def imports(path: Path) -> set[str]:
    """Dotted names of all that a module imports from outside its own package, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def setup_cfg() -> configparser.ConfigParser:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config


def requirements(block: str) -> list[Requirement]:
    """The requirements listed one a line in a value of setup.cfg."""
    return [Requirement(line) for line in block.splitlines() if line.strip()]


def runtime() -> dict[str, Requirement]:
    """What the rooms need, by canonical name."""
    return {canonicalize_name(r.name): r for r in requirements(setup_cfg()["options"]["install_requires"])}


def extras() -> dict[str, Requirement]:
    """What tests and lint need besides."""
    blocks = setup_cfg()["options.extras_require"].values()
    return {canonicalize_name(r.name): r for block in blocks for r in requirements(block)}
