"""Other orders in which the ops of one history could have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from random import Random

from tests.sync.histories import Arrival


def another_order(random: Random, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Another order of arrival: in each life of the database, an op that was written in it comes at some time after
    all that its author saw through the server; what comes from an earlier life, at any time."""
    there, order = set[str](), list[Arrival]()
    for epoch, life in groupby(arrivals, key=lambda arrival: arrival.epoch):
        waiting = list(life)
        present = {arrival.op.op for arrival in (*order, *waiting)}
        while waiting:
            free = [each for each in waiting if each.op.epoch != epoch or each.screen & present <= there]
            arrival = random.choice(free)
            waiting.remove(arrival)
            there.add(arrival.op.op)
            order.append(arrival)
    return order


def other_revs(random: Random, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Another way home, in one life: what came between two readings that somebody wrote from comes in another order,
    and so gets other revs; everybody has still seen the same."""
    readings = sorted({0, *(arrival.op.base for arrival in arrivals), len(arrivals)})
    order: list[Arrival] = []
    for start, end in pairwise(readings):
        order += random.sample(arrivals[start:end], end - start)
    return [replace(arrival, rev=rev) for rev, arrival in enumerate(order, 1)]
