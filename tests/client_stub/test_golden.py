"""The messages in tests/golden/ are still what the Python side computes; the web client's tests hold it to the same."""

from __future__ import annotations

from tests.client_stub import golden


def test_what_binds_the_two_clients_has_not_changed() -> None:
    assert golden.FILE.read_text(encoding="utf-8") == golden.text()
