"""How files look: short, introduced, with no trace of the machine they were written on."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture import house

LINES = 400
SCREEN = 60
SOURCES = (".py", ".js", ".ts", ".tsx", ".css", ".html", ".sh")
# Written apart, so that this file does not break its own rule.
TRACES = (
    r"(?<![\w.\-/])" + "/wo" + r"rk(/|\b)",
    "registry\\." + "npm",
    "registry\\." + "yarn",
    "pypi\\." + "org",
    "python" + "hosted",
    "deb\\." + "debian",
)


@pytest.mark.parametrize("path", house.files(*SOURCES), ids=house.name)
def test_no_source_file_is_long(path: Path) -> None:
    assert house.length(path) <= LINES


@pytest.mark.parametrize("room", [*house.ROOMS, "tests"])
def test_every_room_introduces_itself_on_one_screen(room: str) -> None:
    readme = house.ROOT / room / "README.md"
    assert readme.is_file(), f"{room}/README.md is missing"
    assert house.length(readme) <= SCREEN


@pytest.mark.parametrize("path", house.modules(*house.ROOMS, "tests", "scripts"), ids=house.name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(house.text(path))
    assert not tree.body or ast.get_docstring(tree)


def test_no_file_remembers_the_machine_it_was_written_on() -> None:
    pattern = re.compile("|".join(TRACES))
    found = [house.name(path) for path in house.files() if pattern.search(house.text(path))]
    assert not found
