"""The engine is pure and quick: an ordinary run of its law takes more histories than other proofs do."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from tests.support.runs import Run

HISTORIES = 5_000


@pytest.fixture(scope="session")
def run(run: Run) -> Run:
    """The run's seed and length; VYEZD_HISTORIES and a long proof decide for themselves."""
    return run if run.prove or "VYEZD_HISTORIES" in os.environ else replace(run, histories=HISTORIES)
