"""Random histories of one record: tablets and office people who read, write offline, send late and out of turn.

What an author had seen is written down as it happens, as the set of ops on the screen (`Arrival.screen`). The engine
is told only `base` and `rev`, the reference (reference.py) only the screens: they share no rule about seeing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random
from typing import Any

from schemas.kinds import FieldRule, Kind
from sync import Op

EPOCH = "5f1c09ab"


def fold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


RULES = {
    "title": FieldRule(Kind.LATEST),
    "address": FieldRule(Kind.GUARDED, fold),
    "family": FieldRule(Kind.ONCE, fold),
    "status": FieldRule(Kind.STATES),
    "last_contact": FieldRule(Kind.MAX, fold),
    "first_contact": FieldRule(Kind.MIN, fold),
    "needs": FieldRule(Kind.SET),
    "phones": FieldRule(Kind.SET, fold),
    "attended": FieldRule(Kind.COUNTER),
    "notes": FieldRule(Kind.LOG),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """An op as it reached the server: the rev it got there, and the ops that its author had on the screen."""

    op: Op
    rev: int
    screen: frozenset[str]


@dataclass(slots=True)
class Device:
    """A tablet or an office person's virtual device. `pulls`: what it has read, oldest first, as (ops, base)."""

    id: str
    office: bool
    seq: int = 0
    opened: int = 0
    pulls: list[tuple[frozenset[str], int]] = field(default_factory=lambda: [(frozenset(), 0)])
    outbox: list[tuple[Op, frozenset[str]]] = field(default_factory=list)


class World:
    """One record's history in the making."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.arrivals: list[Arrival] = []
        self.forked: set[str] = set()
        self.devices = [Device(f"tablet-{n}", office=False) for n in range(random.randint(2, 4))]
        self.devices += [Device(f"office-{n}", office=True) for n in range(random.randint(1, 2))]
        self.fields = random.sample(list(RULES), random.randint(1, 4))
        self.deleting = random.choice([0, 0, 0.1, 0.4])
        self.written = 0

    def live(self) -> list[Arrival]:
        """Some days of work, then most of what is still unsent comes home."""
        habits = {self.write: 12, self.send: 10, self.pull: 6, self.repeat: 2, self.meet: 0.7, self.clone: 0.3}
        for _ in range(self.random.randint(10, 50)):
            (act,) = self.random.choices(list(habits), list(habits.values()))
            act(self.random.choice(self.devices))
        for device in self.random.sample(self.devices, len(self.devices)):
            while device.outbox and self.random.random() < 0.9:
                self.send(device)
        return self.arrivals

    def meet(self, _: Device) -> None:
        """Everybody sends everything, then reads: from here on all know all."""
        for device in self.devices:
            while device.outbox:
                self.send(device)
        for device in self.devices:
            self.pull(device)
            device.opened = len(device.pulls) - 1

    def pull(self, device: Device) -> None:
        device.pulls.append((frozenset(arrival.op.op for arrival in self.arrivals), len(self.arrivals)))

    def write(self, device: Device) -> None:
        """The form may have been opened before the last pull, but not before the form of the op before."""
        device.opened = self.random.randint(device.opened, len(device.pulls) - 1)
        screen, base = device.pulls[device.opened]
        device.seq += 1
        self.written += 1
        stamp = f"{self.random.randrange(16):016x}"
        envelope: dict[str, Any] = {"device": device.id, "seq": device.seq, "at": stamp, "epoch": EPOCH, "base": base}
        envelope |= {"office": device.office, "by": f"worker of {device.id}"}
        envelope |= self.words() | ({} if device.office else self.decision(screen))
        device.outbox.append((Op(op=f"op-{self.written:02}", record="record", **envelope), screen))

    def send(self, device: Device) -> None:
        """Any op of the outbox may come first."""
        if device.outbox:
            self.receive(*device.outbox.pop(self.random.randrange(len(device.outbox))))

    def repeat(self, device: Device) -> None:
        """The answer to a batch was lost, and the tablet sends it again."""
        if self.arrivals:
            again = self.random.choice(self.arrivals)
            self.receive(again.op, again.screen)

    def receive(self, op: Op, screen: frozenset[str]) -> None:
        """Intake knows a repeat when it sees one, and a device that it has found forked."""
        if op.op not in {arrival.op.op for arrival in self.arrivals}:
            op = replace(op, forked=op.device in self.forked)
            self.arrivals.append(Arrival(op, len(self.arrivals) + 1, screen))

    def clone(self, device: Device) -> None:
        """Somebody copies a tablet: two now write under one device id, with one counter each."""
        if not device.office:
            self.forked.add(device.id)
            twin = replace(device, seq=self.random.randint(0, device.seq), outbox=[], pulls=list(device.pulls))
            self.devices.append(twin)

    def words(self) -> dict[str, Any]:
        """What an op says."""
        words: dict[str, Any] = {"set": {}, "add": {}, "remove": {}, "inc": {}}
        for name in self.random.sample(self.fields, self.random.randint(1, min(2, len(self.fields)))):
            self.word(words, name)
        if self.random.random() < self.deleting:
            words["delete"] = self.random.random() < 0.7
        if self.random.random() < 0.1:
            words["feed"] = self.random.choice(["feed-1", "feed-2"])
        return words

    def word(self, words: dict[str, Any], name: str) -> None:
        random, kind = self.random, RULES[name].kind
        if kind is Kind.SET:
            for part in random.choice([["add"], ["add"], ["remove"], ["add", "remove"]]):
                words[part][name] = random.sample(["x", "y", "Y"], random.randint(1, 2))
        elif kind is Kind.LOG:
            words["add"][name] = random.sample(["one", "two"], random.randint(1, 2))
        elif kind is Kind.COUNTER:
            words["inc"][name] = random.choice([1, -2, 2**53, -(2**53)])
        elif kind is Kind.STATES:
            words["set"][name] = {"from": random.choice("abc"), "to": random.choice("abc")}
        else:
            words["set"][name] = random.choice(["a", "A", "b", "c", None])

    def decision(self, screen: frozenset[str]) -> dict[str, Any]:
        """Sometimes a tablet names the candidates that it decides against."""
        if not screen or self.random.random() > 0.15:
            return {}
        return {"over": tuple(self.random.sample(sorted(screen), self.random.randint(0, min(2, len(screen)))))}


def histories(seed: int, count: int) -> Iterator[tuple[str, list[Arrival]]]:
    """Random histories, each with the name by which it can be made again alone."""
    for number in range(count):
        name = f"{seed}/{number}"
        yield name, World(Random(name)).live()


def another_order(random: Random, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Another order of arrival: each op at some time after all that its author saw through the server."""
    waiting, there, order = list(arrivals), set[str](), []
    while waiting:
        arrival = random.choice([each for each in waiting if each.screen <= there])
        waiting.remove(arrival)
        there.add(arrival.op.op)
        order.append(arrival)
    return order


def other_revs(random: Random, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Another way home: what came between two readings that somebody wrote from comes in another order, and so gets
    other revs; everybody has still seen the same."""
    readings = sorted({0, *(arrival.op.base for arrival in arrivals), len(arrivals)})
    order: list[Arrival] = []
    for start, end in pairwise(readings):
        order += random.sample(arrivals[start:end], end - start)
    return [replace(arrival, rev=rev) for rev, arrival in enumerate(order, 1)]
