"""People at work on one record, for scenarios: they open it, write offline, send when there is a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sync
from schemas.kinds import Rules
from tests.sync.histories import EPOCH, RULES


class Server:
    """The register of one record. Every op gets a later clock than the one before, unless the author says otherwise."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules
        self.record: sync.Record | None = None
        self.history: list[sync.Op] = []
        self.forked: set[str] = set()
        self.ticks = 0

    def tablet(self, name: str) -> Author:
        return Author(self, name, office=False)

    def office(self, name: str = "office") -> Author:
        return Author(self, name, office=True)

    def receive(self, op: sync.Op) -> sync.Merged:
        """Merges an op as intake hands it on: marked, once the device is known to be two."""
        op = replace(op, forked=op.device in self.forked)
        self.history.append(op)
        merged = sync.merge(self.record, op, self.rules, EPOCH, len(self.history))
        self.record = merged.record
        return merged

    @property
    def fields(self) -> dict[str, Any]:
        assert self.record
        return self.record.fields

    @property
    def is_deleted(self) -> bool:
        assert self.record
        return sync.is_deleted(self.record)

    def disputed(self) -> dict[str, list[Any]]:
        """The disputed fields, each with its candidates' values."""
        assert self.record
        stands = sync.disputed(self.record, self.rules)
        return {name: [candidate["value"] for candidate in each] for name, each in stands.items()}

    def revs(self) -> Mapping[str, sync.Revs]:
        return {op.op: ((EPOCH, rev),) for rev, op in enumerate(self.history, 1)}


class Author:
    """A tablet, or an office person."""

    def __init__(self, server: Server, device: str, office: bool) -> None:
        self.server = server
        self.name = self.device = device
        self.office = office
        self.seq = 0
        self.base = 0

    def open(self) -> Author:
        """Has the record on the screen as the server holds it now."""
        self.base = len(self.server.history)
        return self

    def clone(self) -> Author:
        """A copy of the tablet, which goes on under the same device id."""
        twin = Author(self.server, self.device, self.office)
        twin.name, twin.seq, twin.base = f"{self.name}'s twin", self.seq, self.base
        return twin

    def write(self, at: int | None = None, **words: Any) -> sync.Op:
        """Fills in the form; nobody else sees it yet. `words`: set, add, remove, inc, delete, feed, over."""
        self.seq += 1
        self.server.ticks += 1
        return sync.Op(
            op=f"{self.name}-{self.seq}",
            record="record",
            device=self.device,
            seq=self.seq,
            at=f"{self.server.ticks if at is None else at:016x}",
            epoch=EPOCH,
            base=self.base,
            by=self.device,
            office=self.office,
            **words,
        )

    def send(self, *ops: sync.Op) -> sync.Merged:
        """Sends, in this order; the answer to the last."""
        return [self.server.receive(op) for op in ops][-1]

    def save(self, **words: Any) -> sync.Merged:
        """Writes and sends at once."""
        return self.send(self.write(**words))
