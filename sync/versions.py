"""Ops and versions, and the question on which all merging rests: had the author of this op seen that version?

No clock answers it. A tablet says which revision of the record was on its screen (`base`, of which `epoch`), and
the server numbers what it merges. What an author neither had on the screen nor wrote before on the same device
is unseen, whatever the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Revs = tuple[tuple[str, int], ...]
"""The revisions of the record that an op was given: (epoch, rev) pairs."""


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
        """Version order. The op id settles the tie of a forked device's ops, which may share all the rest."""
        return self.at, self.device, self.seq, self.op


@dataclass(frozen=True, slots=True)
class Op:
    """One op as the gate has checked it: canonical values, `at` the effective stamp.

    `set`, `add`, `remove` and `inc` are by field; a `states` field is set to `{"from", "to"}`. `over`: the op ids
    of the candidates that alone are replaced; None: all that were seen. `was`: epoch → the rev that the op was
    given there, when it is offered again to a restored server. `void`: the op ids that the office takes out of the
    record (void.py); a tablet's voids nothing.
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
    void: tuple[str, ...] = ()

    def version(self, revs: Revs) -> Version:
        """The version that this op makes under the revs that the server gives it, beside those that it had before."""
        who = (self.op, self.at, self.device, self.seq, self.by)
        return Version(*who, self.base, self.epoch, self._earlier(dict(revs)) + revs, self.office, self.forked)

    def _earlier(self, given: Mapping[str, int]) -> Revs:
        """What `was` adds. A rev that its own author had seen is a mistake: the op would replace itself."""
        seen = {self.epoch: self.base}
        return tuple((epoch, rev) for epoch, rev in self.was.items() if epoch not in given and rev > seen.get(epoch, 0))


def has_seen(author: Op | Version, version: Version) -> bool:
    """Whether the author had seen the version: on the screen, or as an earlier one of the same device.

    The seqs of a forked device (two tablets under one name) say nothing: its ops see and are seen by `base` alone.
    """
    if author.device == version.device and version.seq < author.seq and not (author.forked or version.forked):
        return True
    return any(epoch == author.epoch and rev <= author.base for epoch, rev in version.revs)
