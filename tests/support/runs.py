"""How long and from which seed the tests run: VYEZD_PROVE, VYEZD_HISTORIES, VYEZD_SEED."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hypothesis import settings

HISTORIES, ALL_HISTORIES = 5_000, 100_000  # random histories of the engine: an ordinary run, a long proof


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the suite: `seed` starts every random choice, a proof takes `histories` random ones."""

    prove: bool
    seed: int
    histories: int

    def __str__(self) -> str:
        kind = "the long proofs" if self.prove else "a tenth of the long proofs"
        return f"VYEZD_SEED={self.seed} VYEZD_HISTORIES={self.histories} ({kind})"


def from_environment() -> Run:
    prove = os.environ.get("VYEZD_PROVE") == "1"
    histories = int(os.environ.get("VYEZD_HISTORIES", ALL_HISTORIES if prove else HISTORIES))
    return Run(prove=prove, seed=int(os.environ.get("VYEZD_SEED", "1")), histories=histories)


def profile(run: Run) -> None:
    """Hypothesis: ten times the examples in a proof; no deadline, since machines are noisy."""
    examples = 1000 if run.prove else 100
    settings.register_profile("vyezd", max_examples=examples, deadline=None, print_blob=True)
    settings.load_profile("vyezd")
