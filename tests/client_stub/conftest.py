"""A server of the protocol, and a tablet that is enrolled there and has pulled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client_stub.fake_http import serving
from tests.client_stub.fake_server import FakeServer
from tests.client_stub.field import Tablet


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    with serving() as fake:
        yield fake


@pytest.fixture
def tablet(fake: FakeServer, tmp_path: Path) -> Iterator[Tablet]:
    tablet = Tablet(tmp_path / "tablet.db", fake)
    yield tablet
    tablet.store.close()
