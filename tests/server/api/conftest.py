"""The API's behaviour does not depend on the engine (tests/contract covers both): here SQLite will do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.world import Tablet, World, make_app


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> World:
    """A small register on a fresh SQLite file."""
    return World(make_app(sqlite_url, tmp_path))


@pytest.fixture
def tablet(world: World) -> Tablet:
    """An enrolled tablet with its scope pulled."""
    tablet = world.tablet()
    tablet.pull()
    return tablet
