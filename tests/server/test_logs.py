"""What the log holds: one line an event, and no word that somebody wrote."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator

import pytest
import structlog

from server import logs


class Writes(io.StringIO):
    """A stream that keeps each write apart: between two of them another thread may have its say."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def write(self, text: str) -> int:
        self.seen.append(text)
        return len(text)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The writes to stderr of a process that logs as the server does."""
    stream = Writes()
    monkeypatch.setattr(sys, "stderr", stream)
    kept = structlog.get_config()
    logs.configure()
    yield stream.seen
    structlog.configure(**kept)


def test_an_event_is_one_write_so_that_lines_of_several_threads_do_not_mix(written: list[str]) -> None:
    structlog.get_logger().warning("quarantined", device="d1")
    structlog.get_logger().info("pushed")

    assert [json.loads(write)["event"] for write in written] == ["quarantined", "pushed"]
    assert all(write.endswith("\n") for write in written)


def test_of_an_error_its_kind_and_its_place_are_kept_and_not_its_words(written: list[str]) -> None:
    try:
        raise ValueError("Иванова Мария")
    except ValueError:
        structlog.get_logger().exception("failed")

    (write,) = written
    assert json.loads(write)["error"] == ["ValueError"]
    assert "test_logs.py" in json.loads(write)["at"][0]
    assert "Иванова" not in write
