"""How large a synthetic region is: figures of Novgorod region (2015) as a measure, and who falls under each.

Whole numbers are met exactly: every family gets its number of children, every category its children, before a
single record is made. A district is a twentieth, each figure rounded to the nearest whole (halves up).
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

TWENTIETH = 20


@dataclass(frozen=True, slots=True)
class Size:
    """``families`` (with children); ``children``; of these, children in low-income families, disabled children and
    children in a socially dangerous position; ``pairs``: true duplicates written aside. Categories overlap."""

    families: int
    children: int
    low_income: int
    disabled: int
    sop: int
    pairs: int

    def twentieth(self) -> Size:
        """A twentieth of each figure, to the nearest whole, halves up."""
        figures = (self.families, self.children, self.low_income, self.disabled, self.sop, self.pairs)
        return Size(*((2 * figure + TWENTIETH) // (2 * TWENTIETH) for figure in figures))


REGION = Size(families=76_000, children=111_000, low_income=20_441, disabled=2_357, sop=363, pairs=20_000)
DISTRICT = REGION.twentieth()


@dataclass(frozen=True, slots=True)
class Quotas:
    """``children``: of each family, by its number; ``low_income``, ``sop``: numbers of families; ``disabled``:
    numbers of children in the order in which families have them; ``doubled_families`` and ``doubled_children``: whose
    mother (or guardian), and which child, has a second card in the file of duplicates."""

    children: bytes
    low_income: frozenset[int]
    sop: frozenset[int]
    disabled: frozenset[int]
    doubled_families: frozenset[int]
    doubled_children: frozenset[int]


def draw(size: Size, chance: Random) -> Quotas:
    """Who falls under what, from a seeded source of chance."""
    children = _shuffled(_family_sizes(size), chance)
    low_income = _families(children, size.low_income, chance, frozenset())
    return Quotas(
        children=children,
        low_income=low_income,
        sop=_families(children, size.sop, chance, low_income),
        disabled=frozenset(chance.sample(range(size.children), size.disabled)),
        doubled_families=frozenset(chance.sample(range(size.families), size.pairs // 2)),
        doubled_children=frozenset(chance.sample(range(size.children), size.pairs - size.pairs // 2)),
    )


def _family_sizes(size: Size) -> bytes:
    """One child in most families, up to five; the sum is the number of children."""
    five, four, three = (size.families * each // 76_000 for each in (250, 800, 4_700))
    two = size.children - size.families - 2 * three - 3 * four - 4 * five
    one = size.families - two - three - four - five
    return bytes([1] * one + [2] * two + [3] * three + [4] * four + [5] * five)


def _shuffled(values: bytes, chance: Random) -> bytes:
    shuffled = bytearray(values)
    chance.shuffle(shuffled)
    return bytes(shuffled)


def _families(children: bytes, wanted: int, chance: Random, likely: frozenset[int]) -> frozenset[int]:
    """Families that have so many children together: large ones and the likely ones rather than others."""
    weight = [count * (8 if number in likely else 1) for number, count in enumerate(children)]
    order = sorted(range(len(children)), key=lambda number: chance.random() ** (1 / weight[number]), reverse=True)
    chosen, total = [], 0
    for number in order:
        if total + children[number] <= wanted:
            chosen.append(number)
            total += children[number]
    return frozenset(chosen)
