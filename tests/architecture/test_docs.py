"""Every command and every setting is in the operator's guide, and the guide promises no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from client_stub.commands import main as tablet
from server.commands import main as office
from tests.architecture import house

GUIDE = house.ROOT / "docs" / "operations.md"
TESTS_GUIDE = house.ROOT / "tests" / "README.md"  # lists what only the tests read
SETTING = re.compile(r"\bVYEZD_[A-Z][A-Z_]*[A-Z]\b")
CODE = (".py", ".sh", "")


def commands(command: click.Command, words: str) -> Iterator[tuple[str, click.Command]]:
    """(`vyezd device code`, command) for every command below `command` that does something itself."""
    if not isinstance(command, click.Group):
        yield words, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        if child is not None and not child.hidden:
            yield from commands(child, f"{words} {name}")


COMMANDS = dict([*commands(office, "vyezd"), *commands(tablet, "vyezd-tablet")])


def first_cells(*guides: Path) -> list[str]:
    """The first cells of the guides' table rows."""
    lines = [line for guide in guides for line in house.text(guide).splitlines()]
    return [line.split("|")[1] for line in lines if line.startswith("|")]


def promised() -> list[str]:
    """The commands in backticks in the guide's first cells, with their options: `vyezd serve --port PORT`."""
    return [code for cell in first_cells(GUIDE) for code in re.findall(r"`(vyezd[^`]*)`", cell)]


def calls(line: str, words: str) -> bool:
    return f"{line} ".startswith(f"{words} ")


def test_every_command_is_a_row_of_the_guide() -> None:
    missing = [words for words in COMMANDS if not any(calls(line, words) for line in promised())]
    assert not missing


def test_the_guide_promises_no_command_that_is_not_there() -> None:
    wrong = [line for line in promised() if not any(calls(line, words) for words in COMMANDS)]
    assert not wrong


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_explains_itself_and_its_options(words: str) -> None:
    command = COMMANDS[words]
    assert command.help
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    assert all(option.help for option in options), f"{words}: an option has no help"


def settings_in_code() -> set[str]:
    sources = [path for path in house.files(*CODE) if path.name != "test_docs.py"]
    return {name for path in sources for name in SETTING.findall(house.text(path))}


def test_every_setting_is_a_row_of_a_guide_and_every_row_a_setting() -> None:
    listed = {name for cell in first_cells(GUIDE, TESTS_GUIDE) for name in SETTING.findall(cell)}
    assert listed == settings_in_code()
