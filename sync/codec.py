"""A record's merge state as JSON, stored beside its fields. Versions and devices are written once, in tables, and
named by their places there.

    v      [[op, at, device, seq, by, base, epoch, who, [[epoch, rev], …]], …]; the first is `main`
    d      [device, …]
    feed   where an op placed the record
    void   [op, …] that the office voided before they came
    m      [[version, 1 for a signature and 0 for a return], …]: marks
    f      {field: [[[version, value], …], [device, seq, …], {epoch: base}, [[version, [op, …]], …]]}: frontiers;
           the last, decisions, only where there are any
    s      {field: {element: frontier}}
    l      {field: [device, seq, …]}: logs
    t      {field: "exact sum"}: counters out of bounds

`who`: 1 for the office, 2 for a forked device, 3 for both. A fresh record has `v` and `d` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sync.state import Cell, Frontier, LogCell, Record, SetCell, Tally
from sync.versions import Version


def to_state(record: Record) -> dict[str, Any]:
    """What `from_state` needs besides the record's fields, JSON-able."""
    if not (record.cells or record.feed or record.voided or record.marks):
        return {"v": [_row(record.main, 0)], "d": [record.main.device]}
    return _Writer(record).state


def from_state(fields: dict[str, Any], state: Mapping[str, Any]) -> Record:
    """The record again, from its fields and what `to_state` gave."""
    return _Reader(state).record(fields)


class _Writer:
    """Gives each version and device its place at first sight."""

    def __init__(self, record: Record) -> None:
        self.rows: list[list[Any]] = []
        self.places: dict[str, int] = {}
        self.devices: dict[str, int] = {}
        self.version(record.main)
        self.state: dict[str, Any] = {"v": self.rows}
        if record.feed is not None:
            self.state["feed"] = record.feed
        if record.voided:
            self.state["void"] = sorted(record.voided)
        if record.marks:
            self.state["m"] = [[self.version(version), int(signs)] for version, signs in record.marks]
        for field, cell in record.cells.items():
            letter, written = self.cell(cell)
            self.state.setdefault(letter, {})[field] = written
        self.state["d"] = list(self.devices)

    def cell(self, cell: Cell) -> tuple[str, Any]:
        match cell:
            case Frontier():
                return "f", self.frontier(cell)
            case SetCell():
                return "s", {name: self.frontier(element) for name, element in cell.elements.items()}
            case LogCell():
                return "l", self.seqs(cell.writers)
            case Tally():
                return "t", str(cell.exact)

    def frontier(self, frontier: Frontier) -> list[Any]:
        candidates = [[self.version(version), value] for version, value in frontier.candidates]
        written = [candidates, self.seqs(frontier.floors.items()), dict(frontier.bases)]
        if frontier.decisions:
            written.append([[self.version(version), list(over)] for version, over in frontier.decisions])
        return written

    def seqs(self, pairs: Iterable[tuple[str, int]]) -> list[int]:
        return [number for device, seq in pairs for number in (self.device(device), seq)]

    def device(self, device: str) -> int:
        return self.devices.setdefault(device, len(self.devices))

    def version(self, version: Version) -> int:
        place = self.places.setdefault(version.op, len(self.rows))
        if place == len(self.rows):
            self.rows.append(_row(version, self.device(version.device)))
        return place


def _row(of: Version, device: int) -> list[Any]:
    who, revs = of.office + 2 * of.forked, [*map(list, of.revs)]
    return [of.op, of.at, device, of.seq, of.by, of.base, of.epoch, who, revs]


class _Reader:
    """The way back."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.state = state
        self.devices: list[str] = state["d"]
        self.versions = [self.version(*row) for row in state["v"]]

    def record(self, fields: dict[str, Any]) -> Record:
        cells: dict[str, Cell] = {field: self.frontier(*written) for field, written in self.part("f")}
        for field, elements in self.part("s"):
            cells[field] = SetCell({name: self.frontier(*written) for name, written in elements.items()})
        cells |= {field: LogCell(tuple(self.seqs(written))) for field, written in self.part("l")}
        cells |= {field: Tally(int(written)) for field, written in self.part("t")}
        marks = tuple((self.versions[place], bool(signs)) for place, signs in self.state.get("m", ()))
        return Record(
            fields, self.versions[0], cells, self.state.get("feed"), frozenset(self.state.get("void", ())), marks
        )

    def part(self, letter: str) -> Iterable[tuple[str, Any]]:
        written: dict[str, Any] = self.state.get(letter, {})
        return written.items()

    def frontier(
        self, candidates: list[list[Any]], floors: list[int], bases: dict[str, int], decided: Sequence[list[Any]] = ()
    ) -> Frontier:
        standing = tuple((self.versions[place], value) for place, value in candidates)
        decisions = tuple((self.versions[place], tuple(over)) for place, over in decided)
        return Frontier(standing, dict(self.seqs(floors)), bases, decisions)

    def seqs(self, numbers: list[int]) -> Iterable[tuple[str, int]]:
        return ((self.devices[place], seq) for place, seq in zip(numbers[::2], numbers[1::2], strict=True))

    def version(self, op: str, at: str, device: int, seq: int, *rest: Any) -> Version:
        by, base, epoch, who, pairs = rest
        revs = tuple((name, rev) for name, rev in pairs)
        order = (op, at, self.devices[device], seq, by)
        return Version(*order, base, epoch, revs, office=bool(who & 1), forked=bool(who & 2))
