"""Ops and versions, and the one question on which all merging rests: had the author of this op seen that version?

Clocks are never asked. A tablet says which revision of the record was on its screen (`base`, of which `epoch`); the server
numbers what it merges. What neither had on the screen nor wrote itself before, an author has not seen, whatever the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Revs = tuple[tuple[str, int], ...]
"""The record's revisions that an op was given: (epoch, rev) pairs."""

NONE: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Version:
    """Who wrote, when, and knowing what. `at`: 16 hex digits; `base`: a rev in `epoch`, 0 for none."""

    op: str
    at: str
    device: str
    seq: int
    by: str | None
    base: int
    epoch: str
    revs: Revs
    office: bool = False
    forked: bool = False

    @property
    def order(self) -> tuple[str, str, int, str]:
        """Version order. The op id settles the tie between a forked device's ops, which may share all the rest."""
        return self.at, self.device, self.seq, self.op


@dataclass(frozen=True, slots=True)
class Op:
    """One op as the gate has checked it: canonical values, `at` the effective stamp.

    `set`, `add`, `remove` and `inc` are by field; a `states` field is set to `{"from", "to"}`. `over`: the ops that alone
    are replaced, None for all that were seen. `was`: the revs that earlier epochs gave the op, for restored servers.
    """

    op: str
    record: str
    device: str
    seq: int
    at: str
    epoch: str
    base: int
    by: str | None = None
    office: bool = False
    forked: bool = False
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    remove: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    inc: Mapping[str, int] = field(default_factory=dict)
    delete: bool | None = None
    feed: str | None = None
    over: tuple[str, ...] | None = None
    was: Mapping[str, int] = field(default_factory=dict)

    def version(self, revs: Revs) -> Version:
        """The version that this op makes under the revs that it was given."""
        return Version(
            self.op,
            self.at,
            self.device,
            self.seq,
            self.by,
            self.base,
            self.epoch,
            revs,
            self.office,
            self.forked,
        )


def has_seen(author: Op | Version, version: Version) -> bool:
    """Whether the author had seen the version: on the screen, through the server, or as the same device's earlier one.

    Of a forked device (two tablets under one name) the seqs say nothing: such ops see, and are seen, through `base` alone.
    """
    if author.device == version.device and version.seq < author.seq and not (author.forked or version.forked):
        return True
    return any(epoch == author.epoch and rev <= author.base for epoch, rev in version.revs)
