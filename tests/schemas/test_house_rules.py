"""Rules of this room that no type checker knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import schemas
from schemas import fields, registry
from schemas.messages import MESSAGES, say

ROOM = Path(next(iter(schemas.__path__)))
CODE = re.compile(r"[a-z_]+(\.[a-z_]+)?")


def calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def literals(node: ast.AST) -> list[str]:
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def raised() -> Iterator[tuple[str, int | None]]:
    """Every code that this room raises and the number of its arguments, as far as the source shows it."""
    for path in ROOM.rglob("*.py"):
        for call in calls(path, "refuse"):
            for code in literals(call.args[0]):
                yield code, len(call.args) - 1
        for call in calls(path, "_digits"):
            yield literals(call.args[2])[0], 0
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and "errors[" in ast.unparse(node.targets[0]):
                for text in literals(node.value):
                    yield text.partition("|")[0], text.count("|")
    for field in [getattr(fields, name) for name in fields.__all__]:
        for code in getattr(field, "default_error_messages", {}).values():
            yield code, 0


def arguments(template: str) -> int:
    return len({name for _, name, _, _ in Formatter().parse(template) if name is not None})


def test_every_code_that_is_raised_is_in_the_catalogue_with_its_arguments() -> None:
    codes = {(code, count) for code, count in raised() if CODE.fullmatch(code) and len(code) > 1}
    assert len(codes) > 40
    for code, count in codes:
        assert code in MESSAGES, code
        assert [arguments(template) for template in MESSAGES[code]] == [count, count], code


def test_a_code_is_said_in_the_language_of_the_reader() -> None:
    assert say("too_long|200", "ru") == "Слишком длинно: не больше 200 знаков."
    assert say("too_long|200", "en") == "Too long: at most 200 characters."
    assert say("type.step", "en") == 'Must be a step: {"from": …, "to": …}.'
    assert say("from_the_future|1", "ru") == "from_the_future|1"


@pytest.mark.parametrize("path", sorted((ROOM / "records").glob("*.py")), ids=lambda path: path.stem)
def test_record_types_use_our_own_fields_only(path: Path) -> None:
    assert "marshmallow" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", registry.types())
def test_every_field_of_every_type_is_one_of_ours(name: str) -> None:
    declared = registry.types()[name]
    assert all(isinstance(field, fields.Field) for field in declared.fields.values())
    assert {type(field).__name__ for field in declared.fields.values()} <= set(fields.__all__)
