"""A small office served to a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import ROOT
from tests.browser.serving import served
from tests.server.web.scene import Office
from tests.support.world import World, make_app


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Office:
    """An admin and an officer in a small register."""
    return Office(World(make_app(sqlite_url, tmp_path)))


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    """Where its pages are served."""
    with served(office.world.app) as url:
        yield url


@pytest.fixture(scope="session")
def built() -> None:
    """The tablet's app as `make setup` builds it; the test is left out where it was not."""
    if not (ROOT / "server" / "web" / "static" / "tablet" / "index.html").exists():
        pytest.skip("the tablet's app is not built: make setup")
