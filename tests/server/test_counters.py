"""A counter beyond its bounds asks for people and closes by itself; shown with a record type of the test's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

import schemas.records
from schemas import registry
from schemas.ids import new_id
from server import office
from server.db import reading
from server.models import Attention
from server.office import Change
from tests.support.world import World, make_app

LESSON = """
from schemas.base import RecordType
from schemas.fields import Counter, Str
from schemas.placement import Reference


class Lesson(RecordType):
    class Meta:
        name = "lesson"
        title = ("Занятие", "Lesson")
        feed = Reference()
        writer = "office"
        display = ("name",)

    name = Str(merge="latest", label=("Название", "Name"))
    attended = Counter(label=("Пришло", "Attended"))
"""


@pytest.fixture
def lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A type with a counter, while the test runs."""
    (tmp_path / "lesson.py").write_text(LESSON, encoding="utf-8")
    monkeypatch.setattr(schemas.records, "__path__", [*schemas.records.__path__, str(tmp_path)])
    registry.reload()
    yield
    monkeypatch.undo()
    del sys.modules["schemas.records.lesson"], schemas.records.lesson  # type: ignore[attr-defined]
    registry.reload()


def test_a_mistyped_step_is_asked_about_until_another_takes_it_back(
    lessons: None, tmp_path: Path, sqlite_url: str
) -> None:
    world, lesson = World(make_app(sqlite_url, tmp_path)), new_id()

    def step(number: int) -> list[str]:
        with world.inside():
            (done,) = office.write(world.office, [Change("lesson", lesson, inc={"attended": number})])
            assert done.outcome == "applied"
            with reading() as connection:
                return list(connection.scalars(select(Attention.key).where(Attention.state == "open")))

    assert step(12) == []
    assert step(2**53 - 1) == [f"saturated:{lesson}:attended"]
    assert world.record(lesson).fields["attended"] == 2**53
    assert step(1 - 2**53) == []
    assert world.record(lesson).fields["attended"] == 12
