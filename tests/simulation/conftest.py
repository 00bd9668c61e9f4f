"""A running server on each engine in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.service import Service


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """A real server with demonstration data."""
    service = Service(tmp_path, database_url)
    service.start()
    yield service
    service.stop()
