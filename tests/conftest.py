"""What every test may ask for: an engine with a fresh database, a browser, the seed and length of the run."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import chromium as machine_chromium
from tests.support import garden as gardens
from tests.support import haste, runs, summary
from tests.support.postgres import Databases, Postgres, Unavailable

RUN = runs.from_environment()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    runs.profile(RUN)
    if not RUN.prove:
        haste.keep_files_in_memory()
    config.option.hypothesis_seed = RUN.seed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, while others can be done beside them."""
    items.sort(key=lambda item: "simulation" not in item.path.parts)


def pytest_report_header() -> str:
    return f"vyezd: {RUN}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.section("engines and what was left out")
    for line in summary.lines(terminalreporter.stats):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def run() -> runs.Run:
    """The run's seed and length (VYEZD_SEED, VYEZD_HISTORIES, VYEZD_PROVE)."""
    return RUN


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """A running PostgreSQL: the machine's own by VYEZD_TEST_DATABASE_URL, else one from PyPI."""
    if url := os.environ.get("VYEZD_TEST_DATABASE_URL"):
        yield Databases(url)
    else:
        yield from _server(careless=True)


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server of the test's own, to kill and restart."""
    yield from _server()


def _server(careless: bool = False) -> Iterator[Postgres]:
    try:
        server = Postgres(careless)
    except Unavailable as reason:
        pytest.skip(str(reason))
    with server:
        yield server


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    request.node.user_properties.append((summary.ENGINE, f"SQLite {sqlite3.sqlite_version}"))
    return f"sqlite:///{tmp_path / 'vyezd.db'}"


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, postgres: Databases) -> Iterator[str]:
    """The URL of an empty database on a real PostgreSQL."""
    request.node.user_properties.append((summary.ENGINE, f"PostgreSQL {postgres.version()}"))
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each engine in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def second_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """Another empty database of the same engine."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'second.db'}"
        return
    databases = request.getfixturevalue("postgres")
    url = databases.create_database()
    yield url
    databases.drop_database(url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running Chromium; the test is left out where the machine has none."""
    program = machine_chromium.find()
    if program is None:
        pytest.skip(machine_chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(machine_chromium.FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a browser profile of its own, Russian, in the district's time zone."""
    context = chromium.new_context(locale="ru-RU", timezone_id="Europe/Astrakhan")
    yield context.new_page()
    context.close()


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[None]:
    """A record type that nobody has heard of yet (tests/support/garden.py)."""
    with gardens.planted(tmp_path / "types"):
        yield
