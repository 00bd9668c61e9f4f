"""Running servers to send fleets to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.service import BareService, Service


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """A real server with demonstration data, on each engine in turn."""
    yield from served(database_url, tmp_path)


@pytest.fixture
def bare_service(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """A real server on an empty database, on each engine in turn."""
    yield from served(database_url, tmp_path, BareService)


@pytest.fixture
def one_service(sqlite_url: str, tmp_path: Path) -> Iterator[Service]:
    """The same on SQLite alone, for what does not depend on the engine."""
    yield from served(sqlite_url, tmp_path)


def served(database_url: str, folder: Path, kind: type[Service] = Service) -> Iterator[Service]:
    service = kind(folder, database_url)
    service.start()
    yield service
    service.stop()
