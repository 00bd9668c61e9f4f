"""People at work on one record, for scenarios: they open it, write offline, send when there is a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sync
from schemas.kinds import Rules
from tests.sync.histories import RULES, Arrival, Backup, Restore
from tests.sync.register import Register


class Server:
    """The register of one record. Every op gets a later clock than the one before, unless the author says otherwise."""

    def __init__(self, rules: Rules = RULES, signing: sync.Signing | None = None) -> None:
        self.rules = rules
        self.register = Register(rules, signing)
        self.answers: dict[str, dict[str, int]] = {}
        self.forked: set[str] = set()
        self.ticks = 0

    def tablet(self, name: str) -> Author:
        return Author(self, name, office=False)

    def office(self, name: str = "office") -> Author:
        return Author(self, name, office=True)

    def receive(self, op: sync.Op) -> Any:
        """Takes an op as intake hands it on: marked, once the device is known to be two, and with the revs that it
        was given in earlier lives of the database. What merging made of it; None when it was not simply merged."""
        given = self.answers.setdefault(op.op, {})
        op = replace(op, forked=op.device in self.forked, was=dict(given))
        given[self.epoch] = self.rev + 1
        return self.register.receive(Arrival(op, self.epoch, self.rev + 1, frozenset()))

    def back_up(self) -> None:
        self.register.hear(Backup())

    def restore(self) -> None:
        """The last backup begins another life."""
        self.register.hear(Restore(-1, f"life-{len(self.register.lives) + 1}"))

    @property
    def epoch(self) -> str:
        return self.register.lives[-1]

    @property
    def rev(self) -> int:
        return len(self.register.history) + len(self.register.held)

    @property
    def history(self) -> list[sync.Op]:
        return [arrival.op for arrival in self.register.history]

    @property
    def record(self) -> sync.Record | None:
        return self.register.record

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

    def flags(self) -> dict[str, str]:
        """The ops about which a signature wants a decision."""
        assert self.record
        return {op: str(verdict) for op, verdict in sync.flags(self.record).items()}

    def proposals(self) -> list[str]:
        """The ops that stay outside until the office says the same."""
        return [arrival.op.op for arrival in self.register.held]

    def revs(self) -> Mapping[str, sync.Revs]:
        """The revs of every op, as the present life of the database knows them."""
        given = {arrival.op.op: ((arrival.epoch, arrival.rev),) for arrival in self.register.history}
        return {op: sync.carried_revs(revs, self.register.lives) for op, revs in given.items()}


class Author:
    """A tablet, or an office person."""

    def __init__(self, server: Server, device: str, office: bool) -> None:
        self.server = server
        self.name = self.device = device
        self.office = office
        self.seq = 0
        self.epoch, self.base = server.epoch, 0

    def open(self) -> Author:
        """Has the record on the screen as the server holds it now."""
        self.epoch, self.base = self.server.epoch, self.server.rev
        return self

    def clone(self) -> Author:
        """A copy of the tablet, which goes on under the same device id."""
        twin = Author(self.server, self.device, self.office)
        twin.name, twin.seq, twin.base = f"{self.name}'s twin", self.seq, self.base
        return twin

    def write(self, at: int | None = None, **words: Any) -> sync.Op:
        """Fills in the form; nobody else sees it yet. `words`: set, add, remove, inc, delete, feed, over, void."""
        self.seq += 1
        self.server.ticks += 1
        return sync.Op(
            op=f"{self.name}-{self.seq}",
            record="record",
            device=self.device,
            seq=self.seq,
            at=f"{self.server.ticks if at is None else at:016x}",
            epoch=self.epoch,
            base=self.base,
            by=self.device,
            office=self.office,
            **words,
        )

    def send(self, *ops: sync.Op) -> Any:
        """Sends, in this order; the answer to the last. After a restore, the same ops may be sent again."""
        return [self.server.receive(op) for op in ops][-1]

    def save(self, **words: Any) -> Any:
        """Writes and sends at once."""
        return self.send(self.write(**words))
