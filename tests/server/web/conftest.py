"""An office with two accounts on each engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.web.scene import Office
from tests.support.world import World, make_app


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Office:
    """An admin and an officer in a small register."""
    return Office(World(make_app(database_url, tmp_path)))


@pytest.fixture
def one_office(sqlite_url: str, tmp_path: Path) -> Office:
    """The same on the embedded engine alone, for what does not depend on data."""
    return Office(World(make_app(sqlite_url, tmp_path)))
