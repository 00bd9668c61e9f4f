"""Random histories of records that the office joins and takes apart, and what people see of them by definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import sync
from schemas.kinds import FieldRule, Kind
from tests.sync import reference
from tests.sync.histories import EPOCH, RULES, Arrival, Device, World
from tests.sync.register import Register, arrived

JOINABLE = {**RULES, "merged_into": FieldRule(Kind.GUARDED), "merge_choices": FieldRule(Kind.GUARDED)}
Histories = dict[str, list[Arrival]]


class JoiningWorld(World):
    """The history of one of several records, whose office joins it to others and takes that back."""

    def __init__(self, random: Random, record: str, others: Sequence[str]) -> None:
        super().__init__(random, record=record)
        self.others = [None, *others]

    def write(self, device: Device) -> None:
        super().write(device)
        written = device.outbox[-1]
        if device.office and self.random.random() < 0.5:
            names = self.random.sample(sorted(RULES), 3)
            choice = {name: self.random.choice([*filter(None, self.others), "nobody"]) for name in names}
            words = {"merged_into": self.random.choice(self.others), "merge_choices": choice}
            written.op = replace(written.op, set={**written.op.set, **words})

    def arrivals_in_life(self) -> list[Arrival]:
        return [event for event in self.live() if isinstance(event, Arrival)]


def families(seed: int, count: int) -> Iterator[tuple[str, Histories]]:
    """Histories by record id."""
    for number in range(count):
        name = f"{seed}/{number}"
        random = Random(name)
        ids = ["A", "B", "C", "D"][: random.randint(2, 4)]
        worlds = {id: JoiningWorld(random, id, ids) for id in ids}
        yield name, {id: world.arrivals_in_life() for id, world in worlds.items()}


def view(records: Mapping[str, sync.Record]) -> dict[str, dict[str, Any]]:
    """What people see under every id."""
    links = {id: record.fields["merged_into"] for id, record in records.items() if "merged_into" in record.fields}
    shown = {}
    for id in records:
        members = {other: records[other] for other in records if sync.root(other, links) == sync.root(id, links)}
        shown[id] = sync.joined(members, sync.chosen(members), JOINABLE)
    return shown


def shown(records: Histories) -> dict[str, dict[str, Any]]:
    """The engine's view of these histories."""
    made = {id: register_of(history).record for id, history in records.items()}
    return view({id: record for id, record in made.items() if record})


def register_of(history: Sequence[Arrival]) -> Register:
    return arrived(Register(JOINABLE), history, [EPOCH])


def definition(records: Histories) -> dict[str, dict[str, Any]]:
    """The same, naively."""
    there = {id: reference.not_voided(history) for id, history in records.items() if history}
    links = {id: reference.picture(history, JOINABLE).fields.get("merged_into") for id, history in there.items()}
    roots = {id: end(id, links) for id in there}
    members = {id: {other: there[other] for other in there if roots[other] == roots[id]} for id in there}
    return {id: together(members[id], roots[id]) for id in there}


def end(id: str, links: Mapping[str, str | None]) -> str:
    """Where a very long walk ends; of a circle, the smallest id that it goes through."""
    walk = [id]
    for _ in range(20):
        walk.append(links.get(walk[-1]) or walk[-1])
    return min(walk[10:])


def together(there: Histories, root: str) -> dict[str, Any]:
    """What people see of a class."""
    pictures = {id: reference.picture(history, JOINABLE) for id, history in there.items()}
    living = {id: there[id] for id in there if not pictures[id].deleted} or there
    merges = [said(history, "merge_choices")[-1] for id, history in there.items() if is_joined(pictures[id])]
    choices: dict[str, str] = {}
    for merge in sorted(merges, key=lambda word: word.order):
        choices |= merge.value
    seen = {name: of_all(living, name, [choices.get(name, ""), root]) for name in RULES}
    return {name: value for name, value in seen.items() if value is not None and value != []}


def is_joined(picture: reference.Picture) -> bool:
    return "merged_into" in picture.fields and "merge_choices" in picture.fields


def said(history: Sequence[Arrival], name: str) -> list[reference.Word]:
    """What stands in a field with one value."""
    return reference.not_replaced(reference.words(history, name, JOINABLE[name]), JOINABLE[name])


def of_all(living: Histories, name: str, preferred: Sequence[str]) -> Any:
    rule = RULES[name]
    words = {id: reference.words(history, name, rule) for id, history in living.items()}
    if rule.kind is Kind.SET:
        spots = [spot for each in words.values() for spot in reference.places(each, rule)]
        firsts = {key: min(spot for spot in spots if spot[1] == key) for _, key, _ in spots}
        return [value for *_, value in sorted(firsts.values())]
    if rule.kind not in reference.ONE_VALUE:
        every = sorted((word for each in words.values() for word in each), key=lambda word: word.order)
        return reference.SHOWN[rule.kind](every, rule) if every else None
    place = 0 if rule.kind is Kind.ONCE else -1
    stands = {id: said(living[id], name)[place] for id in living if words[id]}
    stands = {id: word for id, word in stands.items() if word.value is not None}
    ranked = sorted(stands.values(), key=lambda word: word.order)
    return next((stands[id].value for id in preferred if id in stands), ranked[place].value if ranked else None)
