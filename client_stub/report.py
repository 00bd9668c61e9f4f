"""What one sync did, for the person before the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from client_stub.problems import Trouble

Tell = Callable[[Literal["sent", "received", "due", "offered", "photos_due", "photos"], int], None]
"""Told of progress after each answer, what and how many more: ops acknowledged, changes received, ops to be offered
again after a restore, ops offered, bytes of files that are to go, bytes of them that went."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the server said of one op: ``outcome`` applied, conflict, stored or quarantined (``errors``).

    ``kept``: of an op that was acknowledged before and offered again.
    """

    op: str
    type: str
    record: str
    outcome: str
    rev: int | None = None
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept: bool = False


@dataclass(slots=True)
class Report:
    """What one sync did. ``trouble`` is why it ended early; what it did until then is done and stays done.

    ``waiting`` and ``to_offer``: ops that are still to be handed in, for the first time and again. ``rewound``: the
    server found that this tablet holds other records than it should, and sent some again. ``erased``: nothing is left
    on this tablet. ``photos``: what photos.standing tells; ``photo_trouble``: why their sending ended early.
    """

    waiting: int = 0
    results: list[Result] = field(default_factory=list)
    offered: int = 0
    to_offer: int = 0
    received: int = 0
    gone: int = 0
    settled: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    fresh_starts: int = 0
    rewound: bool = False
    revoked: bool = False
    erased: bool = False
    outdated: bool = False
    reenrol: bool = False
    trouble: Trouble | None = None
    photos: dict[str, Any] = field(default_factory=dict)
    photo_trouble: Trouble | None = None

    def of(self, outcome: str) -> list[Result]:
        """The results with one outcome."""
        return [result for result in self.results if result.outcome == outcome]

    @property
    def is_all_handed_in(self) -> bool:
        """Whether everything that was written is on the server, and the server has not just corrected the tablet."""
        return not (self.waiting or self.to_offer or self.rewound)

    @property
    def are_photos_handed_in(self) -> bool:
        """Whether the server has confirmed each file by its hash: another fact than the one above."""
        return not (self.photos.get("waiting") or self.photos.get("refused"))
