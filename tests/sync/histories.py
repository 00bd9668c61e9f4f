"""Random histories of one record: tablets and office people who read, write offline, send late and out of turn.

What an author had seen is written down as it happens, as the set of ops on the screen (`Arrival.screen`). The engine
is told only `base` and `rev`, the reference (reference.py) only the screens: they share no rule about seeing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
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
    """An op as it reached the server: the rev it got in which epoch, and the ops that its author had on the screen."""

    op: Op
    epoch: str
    rev: int
    screen: frozenset[str]


@dataclass(frozen=True, slots=True)
class Backup:
    """Somebody copies the database."""


@dataclass(frozen=True, slots=True)
class Restore:
    """The database is gone; the backup that was made as number so-and-so begins another life."""

    backup: int
    epoch: str


Event = Arrival | Backup | Restore


@dataclass(slots=True)
class Written:
    """An op in its author's hands: what was on the screen, and the revs that servers answered."""

    op: Op
    screen: frozenset[str]
    revs: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Device:
    """A tablet or an office person's virtual device. `pulls`: what it has read, oldest first, as (ops, epoch, base);
    `kept`: what it has sent."""

    id: str
    office: bool
    seq: int = 0
    opened: int = 0
    pulls: list[tuple[frozenset[str], str, int]] = field(default_factory=lambda: [(frozenset(), EPOCH, 0)])
    outbox: list[Written] = field(default_factory=list)
    kept: list[Written] = field(default_factory=list)
    epoch: str = EPOCH


class World:
    """One record's history in the making, with so many restores of the server. `deaf`: how often an answer is lost."""

    def __init__(self, random: Random, restores: int = 0, deaf: float = 0.0, record: str = "record") -> None:
        self.random = random
        self.record = record
        self.deaf = deaf
        self.events: list[Event] = []
        self.lives = [EPOCH]
        self.arrivals: dict[str, Arrival] = {}
        self.backups = [({**self.arrivals}, [*self.lives])]
        self.forked: set[str] = set()
        self.devices = [Device(f"tablet-{n}", office=False) for n in range(random.randint(2, 4))]
        self.devices += [Device(f"office-{n}", office=True) for n in range(random.randint(1, 2))]
        self.fields = random.sample(list(RULES), random.randint(1, 4))
        self.deleting = random.choice([0, 0, 0.1, 0.4])
        self.voiding = random.choice([0, 0, 0, 0.2])
        self.restores = restores
        self.written = 0

    def live(self) -> list[Event]:
        """Some days of work, then most of what is still unsent comes home."""
        habits = {self.write: 12, self.send: 10, self.pull: 6, self.repeat: 2, self.meet: 0.7, self.clone: 0.3}
        habits[self.back_up] = 1 if self.restores else 0
        days = self.random.randint(10, 50)
        disasters = [self.random.randrange(days) for _ in range(self.restores)]
        for day in range(days):
            (act,) = self.random.choices(list(habits), list(habits.values()))
            act(self.random.choice(self.devices))
            for _ in range(disasters.count(day)):
                self.restore()
        for device in self.random.sample(self.devices, len(self.devices)):
            self.greet(device)
            while device.outbox and self.random.random() < 0.9:
                self.send(device)
        return self.events

    def meet(self, _: Device) -> None:
        """Everybody sends everything, then reads: from here on all know all."""
        for device in self.devices:
            self.greet(device)
            while device.outbox:
                self.send(device)
        for device in self.devices:
            self.pull(device)
            device.opened = len(device.pulls) - 1

    def pull(self, device: Device) -> None:
        self.greet(device)
        device.pulls.append((self.shown(), self.lives[-1], len(self.arrivals)))

    def shown(self) -> frozenset[str]:
        """The ops that make the record which a reader gets."""
        return frozenset(self.arrivals)

    def write(self, device: Device) -> None:
        """The form may have been opened before the last pull, but not before the form of the op before."""
        device.opened = self.random.randint(device.opened, len(device.pulls) - 1)
        screen, epoch, base = device.pulls[device.opened]
        device.seq += 1
        self.written += 1
        stamp = f"{self.random.randrange(16):016x}"
        envelope: dict[str, Any] = {"device": device.id, "seq": device.seq, "at": stamp, "epoch": epoch, "base": base}
        envelope |= {"office": device.office, "by": f"worker of {device.id}"}
        envelope |= self.words() | self.voids() | ({} if device.office else self.decision(screen))
        device.outbox.append(Written(Op(op=self.name(self.written), record=self.record, **envelope), screen))

    def name(self, number: int) -> str:
        return f"{self.record}-{number:02}"

    def send(self, device: Device) -> None:
        """Any op of the outbox may come first."""
        self.greet(device)
        if device.outbox:
            written = device.outbox.pop(self.random.randrange(len(device.outbox)))
            self.receive(written)
            if self.random.random() < self.deaf:
                device.outbox.append(written)
            else:
                written.revs[self.lives[-1]] = self.arrivals[written.op.op].rev
                device.kept.append(written)

    def repeat(self, device: Device) -> None:
        """A tablet sends again what the server has."""
        self.greet(device)
        if known := [written for written in device.kept if written.op.op in self.arrivals]:
            self.receive(self.random.choice(known))

    def receive(self, written: Written) -> None:
        """Intake knows a repeat when it sees one, and a device that it has found forked."""
        if written.op.op not in self.arrivals:
            op = replace(written.op, forked=written.op.device in self.forked, was=dict(written.revs))
            arrival = Arrival(op, self.lives[-1], len(self.arrivals) + 1, written.screen)
            self.arrivals[op.op] = arrival
            self.events.append(arrival)

    def clone(self, device: Device) -> None:
        """Somebody copies a tablet: two now write under one device id, with one counter each."""
        if not device.office:
            self.forked.add(device.id)
            seq = self.random.randint(0, device.seq)
            self.devices.append(replace(device, seq=seq, outbox=[], pulls=[*device.pulls], kept=[*device.kept]))

    def back_up(self, _: Device) -> None:
        self.backups.append(({**self.arrivals}, [*self.lives]))
        self.events.append(Backup())

    def restore(self) -> None:
        """What came after the backup is lost to the server."""
        number = self.random.randrange(len(self.backups))
        arrivals, lives = self.backups[number]
        epoch = f"{len(self.events):08x}"
        self.arrivals, self.lives = {**arrivals}, [*lives, epoch]
        self.events.append(Restore(number, epoch))

    def greet(self, device: Device) -> None:
        """A tablet that finds the server in another life offers again what it had sent; what the office wrote there,
        it wrote on the server."""
        if device.epoch != self.lives[-1]:
            device.epoch = self.lives[-1]
            if not device.office:
                device.outbox += device.kept
            device.kept = []

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

    def voids(self) -> dict[str, Any]:
        """Sometimes somebody takes out what was written, wherever that is by now. Of a tablet nobody takes notice."""
        if self.random.random() >= self.voiding:
            return {}
        return {"void": tuple(self.name(self.random.randint(1, self.written)) for _ in range(2))}


def histories(
    seed: int, count: int, restores: Sequence[int] = (0,), deaf: float = 0.0
) -> Iterator[tuple[str, list[Event]]]:
    """Random histories, each with the name by which it can be made again alone and one of these numbers of restores."""
    for number in range(count):
        name = f"{seed}/{number}"
        random = Random(name)
        yield name, World(random, random.choice(restores), deaf).live()
