"""The short way of a field that the main version alone had written is the long way."""

from __future__ import annotations

from random import Random

from sync.kinds import frontier
from sync.state import Past
from sync.versions import Version
from tests.support.runs import Run

PAIRS = 20_000


def version(chance: Random, number: int) -> Version:
    """Any version: of two devices, some forked, in two lives, by tablets and the office."""
    lives = chance.choice(((("e1", 1),), (("e1", 2), ("e2", 1)), (("e2", 3),)))
    device, seq, base = chance.choice("ab"), chance.randrange(1, 5), chance.randrange(4)
    who = (f"op{number}", f"{chance.randrange(3):016x}", device, seq, None)
    return Version(*who, base, chance.choice(("e1", "e2")), lives, chance.random() < 0.3, chance.random() < 0.2)


def test_what_two_versions_leave_of_each_other_is_the_same_by_both_ways(run: Run) -> None:
    chance = Random(run.seed)
    for _ in range(PAIRS):
        main, other = version(chance, 1), version(chance, 2)
        for shown in ("", 0, False, "text", ["a"], None):  # an op writes several fields with one version
            past, value = Past(None, shown, main), chance.choice((None, False, "other"))
            assert frontier.written(past, other, value) == frontier.put(frontier.of(past), other, value)
