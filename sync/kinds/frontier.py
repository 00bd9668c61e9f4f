"""The bounded state under `latest`, `guarded`, `once`, `states`, and under each element of a set.

By definition a version stands until a writer of the field that had seen it replaces it. Most writers replace all that
they had seen. A version is *known* when one of these had seen it, or when the author of a known version had; what is
known is replaced for good. No history is needed to tell, for among what is known and those who replaced it,

- the highest seq of a device tells what was seen there: all its lower ones (`floors`);
- the highest base of an epoch tells what was seen on screens: all revs up to there (`bases`);
- so a version that becomes known may raise both, and make more known (`closed`).

A version may come after an op that had seen it: as the same device's earlier one, or offered again to a restored
server, with the revs that it had before. If it is known, it does not stand; what it had seen is replaced all the same.

An op that names what it replaces (`over`) leaves the rest standing, and what else its author had seen is known only
when it is known itself. Such decisions are remembered until then. In the life of the database in which one was
written it finds all that it names, and only the last of each device matters; one that comes home to a later life is
kept whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sync.state import Candidate, Decision, Frontier, Past
from sync.versions import Version, has_seen

Over = tuple[str, ...] | None
"""The op ids that alone are replaced; None: all that were seen."""

Pair = TypeVar("Pair", Candidate, Decision)

NOTHING = Frontier((), {}, {})
_last: tuple[Version | None, Version | None, Frontier] = (None, None, NOTHING)


def of(past: Past) -> Frontier:
    """The field's frontier; without a cell, what the main version alone left."""
    cell: Frontier | None = past.cell
    if cell is not None:
        return cell
    return NOTHING if past.shown is None else alone(past.main, past.shown)


def alone(version: Version, value: Any) -> Frontier:
    """The frontier of a field with one writer."""
    return Frontier(((version, value),), raised({}, version), based({}, version))


def written(past: Past, version: Version, value: Any, over: Over = None) -> Frontier:
    """The field's frontier after the version's author wrote a value, or named what it replaces.

    The short way, where the main version alone had written: what two versions leave of each other is the same in every
    field.
    """
    if past.cell is not None or past.shown is None or over is not None:
        return put(of(past), version, value, over)
    met = _met(past.main, version)
    candidates = tuple([(each, past.shown if first else value) for each, first in met.candidates])
    return Frontier(candidates, met.floors, met.bases)


def _met(main: Version, version: Version) -> Frontier:
    """What stands when one version comes upon another, with whether it was the first. The answer is kept for the next
    field of the same op; it is read and set whole, so that threads can only miss it."""
    global _last
    before, after, met = _last
    if before is not main or after is not version:
        met = put(alone(main, True), version, False)
        _last = main, version, met
    return met


def put(before: Frontier, version: Version, value: Any, over: Over = None) -> Frontier:
    """The version's author writes a value."""
    after = passed(before, version, over)
    return after if is_replaced(version, before) else with_candidate(after, version, value)


def passed(before: Frontier, version: Version, over: Over = None) -> Frontier:
    """The version's author goes over the field and leaves nothing."""
    if over is None or is_known(version, before.floors, before.bases):
        return closed(before, version)
    candidates = tuple(each for each in before.candidates if not replaces(version, each[0], over))
    return Frontier(candidates, before.floors, before.bases, remembered(before.decisions, version, over))


def closed(before: Frontier, version: Version) -> Frontier:
    """All that the version's author had seen is known, and what the authors of that had seen, and so on."""
    pairs = (*before.candidates, *before.decisions)
    floors, bases, wave = before.floors, before.bases, [version]
    while wave:
        floors, bases = raised(floors, *wave), based(bases, *wave)
        wave = [each for each, _ in pairs if raises(each, floors, bases) and is_known(each, floors, bases)]
    return Frontier(unknown(before.candidates, floors, bases), floors, bases, unknown(before.decisions, floors, bases))


def with_candidate(before: Frontier, version: Version, value: Any) -> Frontier:
    """The frontier with one more that stands, in version order."""
    candidates = in_order((*before.candidates, (version, value)))
    return Frontier(candidates, before.floors, before.bases, before.decisions)


def is_replaced(version: Version, before: Frontier) -> bool:
    """Whether the version was replaced before it came."""
    if is_known(version, before.floors, before.bases):
        return True
    return any(replaces(by, version, over) for by, over in before.decisions)


def is_known(version: Version, floors: Mapping[str, int], bases: Mapping[str, int]) -> bool:
    """Whether somebody who replaced all that he had seen had, himself or through others, seen the version."""
    if version.seq < floors.get(version.device, 0) and not version.forked:
        return True
    return any(rev <= bases.get(epoch, 0) for epoch, rev in version.revs)


def replaces(author: Version, version: Version, over: Over) -> bool:
    """Of what the author has seen: all, or those that it names and those of its own device."""
    named = over is None or version.op in over or version.device == author.device
    return named and has_seen(author, version)


def raises(version: Version, floors: Mapping[str, int], bases: Mapping[str, int]) -> bool:
    """Whether more would be known if the version were. The seqs of a forked device say nothing."""
    is_above = version.seq > floors.get(version.device, 0) and not version.forked
    return is_above or version.base > bases.get(version.epoch, 0)


def raised(floors: Mapping[str, int], *versions: Version) -> Mapping[str, int]:
    """The floors after these versions became known."""
    for version in versions:
        if version.seq > floors.get(version.device, 0) and not version.forked:
            floors = {**floors, version.device: version.seq}
    return floors


def based(bases: Mapping[str, int], *versions: Version) -> Mapping[str, int]:
    """The bases after these versions became known."""
    for version in versions:
        if version.base > bases.get(version.epoch, 0):
            bases = {**bases, version.epoch: version.base}
    return bases


def in_order(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """The candidates in version order."""
    return candidates if len(candidates) < 2 else tuple(sorted(candidates, key=lambda each: each[0].order))


def unknown(pairs: tuple[Pair, ...], floors: Mapping[str, int], bases: Mapping[str, int]) -> tuple[Pair, ...]:
    """The candidates or decisions that are not known."""
    return tuple(pair for pair in pairs if not is_known(pair[0], floors, bases))


def remembered(decisions: tuple[Decision, ...], version: Version, over: tuple[str, ...]) -> tuple[Decision, ...]:
    """The decisions with one more."""
    if not _at_home(version):
        return (*decisions, (version, over))
    if version.forked:
        return decisions
    same = [each for each, _ in decisions if each.device == version.device and each.epoch == version.epoch]
    others = tuple(each for each in decisions if each[0] not in same)
    return (*others, (max([*same, version], key=lambda each: each.seq), ()))


def _at_home(version: Version) -> bool:
    """Whether it has come to the life of the database in which it was written."""
    present, _ = version.revs[-1]
    return version.epoch == present
