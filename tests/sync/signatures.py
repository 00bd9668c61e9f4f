"""Random histories of a record that people sign: the office returns it, and what had seen a signature stays outside.

As in histories.py the world tells what everybody saw, and the definition here asks only that; as in register.py a
server does what it must around the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import sync
from schemas.kinds import FieldRule, Kind
from tests.sync import reference
from tests.sync.histories import RULES, Arrival, Device, Event, World, Written
from tests.sync.reference import saw

SIGNED = {**RULES, "signed_at": FieldRule(Kind.LATEST), "review": FieldRule(Kind.STATES)}
SIGNING = sync.Signing("signed_at", "review")
NEVER = 10_000  # above every base


class SignedWorld(World):
    """A history with signatures and returns. Of what was ever a proposal, other authors have seen nothing."""

    def __init__(self, random: Random, restores: int = 0) -> None:
        super().__init__(random, restores)
        self.proposals: set[str] = set()

    def live(self) -> list[Event]:
        return [self.as_seen(event) if isinstance(event, Arrival) else event for event in super().live()]

    def as_seen(self, arrival: Arrival) -> Arrival:
        screen = arrival.screen - self.proposals
        if arrival.op.op not in self.proposals:
            return replace(arrival, screen=screen)
        return replace(arrival, op=replace(arrival.op, was={}), rev=arrival.rev + NEVER, screen=screen)

    def write(self, device: Device) -> None:
        super().write(device)
        written = device.outbox[-1]
        if self.random.random() < 0.25:
            words = self.review() if device.office else {"signed_at": f"day {self.written}"}
            written.op = replace(written.op, set={**written.op.set, **words})

    def review(self) -> dict[str, object]:
        """Now and then the office takes back a signature itself."""
        if self.random.random() < 0.1:
            return {"signed_at": None}
        return {"review": {"from": "submitted", "to": self.random.choice(["returned", "returned", "accepted"])}}

    def receive(self, written: Written) -> None:
        super().receive(written)
        verdicts = judged(list(self.arrivals.values()))
        self.proposals |= {op for op, verdict in verdicts.items() if verdict == "proposal"}

    def shown(self) -> frozenset[str]:
        return super().shown() - self.proposals


@dataclass(slots=True)
class Judged:
    """What a server holds, and what the definition says it should."""

    picture: reference.Picture | None
    flags: dict[str, str]
    proposals: set[str]


def judged(history: Sequence[Arrival]) -> dict[str, str]:
    """The verdicts by definition, on all that is not voided."""
    there = reference.not_voided(history)
    signatures = [each for each in there if each.op.set.get("signed_at") is not None]
    returns = [each for each in there if each.op.office and reopens(each)]
    known: dict[str, bool] = {}

    def is_proposal(by: Arrival) -> bool:
        if by.op.op not in known:
            known[by.op.op] = not by.op.office and any(saw(by, each) and locks(each, by) for each in signatures)
        return known[by.op.op]

    def locks(signature: Arrival, by: Arrival) -> bool:
        is_open_again = any(saw(by, back) and saw(back, signature) for back in returns)
        return not is_open_again and not is_proposal(signature)

    def is_conflict(by: Arrival) -> bool:
        others = [each for each in signatures if each is not by and not is_proposal(each)]
        return any(not saw(by, each) and not saw(each, by) for each in others)

    return {by.op.op: "proposal" if is_proposal(by) else "conflict" if is_conflict(by) else "open" for by in there}


def reopens(by: Arrival) -> bool:
    is_cleared = "signed_at" in by.op.set and by.op.set["signed_at"] is None
    return is_cleared or by.op.set.get("review", {}).get("to") == "returned"


def expected(history: Sequence[Arrival]) -> Judged:
    """What a server must hold of this history."""
    verdicts = judged(history)
    merged = [each for each in history if verdicts.get(each.op.op) != "proposal"]
    there = reference.not_voided(merged)
    seen = set[str]().union(*reference.pasts(there).values())
    ends = [by.op.op for by in there if by.op.op not in seen and not by.op.delete]
    flags = {op: verdicts[op] for op in ends if verdicts[op] != "open"}
    proposals = {op for op, verdict in verdicts.items() if verdict == "proposal"}
    return Judged(reference.picture(merged, SIGNED) if there else None, flags, proposals)
