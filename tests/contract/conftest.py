"""The storage contract runs on SQLite and on PostgreSQL: every test here is given each engine in turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.world import Tablet, World, make_app


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> World:
    """A small register on a fresh database."""
    return World(make_app(database_url, tmp_path))


@pytest.fixture
def tablet(world: World) -> Tablet:
    """A tablet of the first team, enrolled and with its scope pulled."""
    tablet = world.tablet()
    tablet.pull()
    return tablet
