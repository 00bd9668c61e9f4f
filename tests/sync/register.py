"""What a server does around the engine, as little of it as the law needs: it keeps the record and its history, makes
the record again when its state cannot tell, and is copied and restored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sync
from schemas.kinds import Rules
from tests.sync.histories import EPOCH, RULES, Arrival, Backup, Event, Restore
from tests.sync.reference import ONE_VALUE, Picture


class Register:
    """The register of one record. `held`: the proposals that came and stay out of it."""

    def __init__(self, rules: Rules = RULES, signing: sync.Signing | None = None) -> None:
        self.rules = rules
        self.signing = signing
        self.lives = [EPOCH]
        self.history: list[Arrival] = []
        self.held: list[Arrival] = []
        self.kept: sync.Record | None = None
        self.backups = [self.copy()]

    @property
    def record(self) -> sync.Record | None:
        """The record in the present life of the database."""
        return sync.carried(self.kept, self.lives) if self.kept else None

    def copy(self) -> dict[str, Any]:
        return {"lives": [*self.lives], "history": [*self.history], "held": [*self.held], "kept": self.kept}

    def hear(self, event: Event) -> sync.Merged | None:
        """What an op made of the record, if it was merged."""
        match event:
            case Arrival():
                return self.receive(event)
            case Backup():
                self.backups.append(self.copy())
            case Restore():
                vars(self).update(self.backups[event.backup])
                self.history, self.held = [*self.history], [*self.held]
                self.lives = [*self.lives, event.epoch]
        return None

    def receive(self, arrival: Arrival) -> sync.Merged | None:
        """Merges an op, keeps a proposal outside, or asks the whole history."""
        op, record, signing = arrival.op, self.record, self.signing
        if (op.office and op.void) or (signing and sync.overtaken(record, op, signing)):
            self.ask_history(arrival)
        elif sync.judge(record, op) is sync.Verdict.PROPOSAL:
            self.held.append(arrival)
        else:
            self.history.append(arrival)
            merged = sync.merge(record, op, self.rules, arrival.epoch, arrival.rev, signing)
            self.kept = merged.record
            return merged
        return None

    def ask_history(self, arrival: Arrival) -> None:
        """Finds all verdicts anew and makes the record again."""
        every = [*self.history, *self.held, arrival]
        if self.signing:
            merged = [(each.op, sync.carried_revs(((each.epoch, each.rev),), self.lives)) for each in self.history]
            verdicts = sync.judged([*merged, *((each.op, ()) for each in (*self.held, arrival))], self.signing)
            self.held = [each for each in every if verdicts.get(each.op.op) is sync.Verdict.PROPOSAL]
        self.history = [each for each in every if each not in self.held]
        history = [(each.op, each.epoch, each.rev) for each in self.history]
        self.kept = sync.replayed(history, self.rules, self.lives, self.signing)


def register(events: Iterable[Event]) -> Register:
    """The register after these events."""
    after = Register()
    for event in events:
        after.hear(event)
    return after


def arrived(after: Register, arrivals: Iterable[Arrival], lives: Sequence[str]) -> Register:
    """The register after these arrivals, one life of the database after the other."""
    for arrival in arrivals:
        after.lives = [*lives[: lives.index(arrival.epoch) + 1]]
        after.receive(arrival)
    after.lives = [*lives]
    return after


def seen(record: sync.Record, rules: Rules = RULES) -> Picture:
    """What people see of a record, and what stands behind it."""
    disputes = sync.disputed(record, rules)
    return Picture(
        fields=record.fields,
        disputed={name: [(each["op"], each["value"]) for each in stands] for name, stands in disputes.items()},
        deleted=sync.is_deleted(record),
        feed=record.feed,
        standing={
            name: [version.op for version, _ in stands]
            for name, rule in rules.items()
            if rule.kind in ONE_VALUE and (stands := sync.candidates(record, name))
        },
    )
