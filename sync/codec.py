"""A record's merge state as JSON, stored beside its fields: every version and device written once, then named
by its place in the table.

    v      [[op, at, device, seq, by, base, epoch, marks, [[epoch, rev], …]], …]    versions; the first is main
    d      [device, …]
    feed   where an op placed the record
    f      {field: [[[version, value], …], [device, seq, …], {epoch: base}]}        frontiers
    s      {field: {element: frontier}}
    l      {field: [device, seq, …]}                                                logs
    t      {field: "exact sum"}                                                     counters out of bounds

`marks`: 1 for the office, 2 for a forked device, 3 for both. A fresh record has `v` and `d` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sync.state import Cell, Frontier, LogCell, Record, SetCell, Tally
from sync.versions import Version


def to_state(record: Record) -> dict[str, Any]:
    """What `from_state` needs besides `record.fields`. JSON-able."""
    return _Writer(record).state


def from_state(fields: dict[str, Any], state: Mapping[str, Any]) -> Record:
    """The record again, from its shown fields and `to_state`'s answer."""
    return _Reader(state).record(fields)


class _Writer:
    """Writes cells, and gives each version and device a place in its table at first sight."""

    def __init__(self, record: Record) -> None:
        self.rows: list[list[Any]] = []
        self.places: dict[str, int] = {}
        self.devices: dict[str, int] = {}
        self.version(record.main)
        self.state: dict[str, Any] = {"v": self.rows}
        if record.feed is not None:
            self.state["feed"] = record.feed
        for field, cell in record.cells.items():
            letter, written = self.cell(cell)
            self.state.setdefault(letter, {})[field] = written
        self.state["d"] = list(self.devices)

    def cell(self, cell: Cell) -> tuple[str, Any]:
        match cell:
            case Frontier():
                return "f", self.frontier(cell)
            case SetCell(elements):
                return "s", {name: self.frontier(each) for name, each in elements.items()}
            case LogCell(writers):
                return "l", self.seqs(writers)
            case Tally(exact):
                return "t", str(exact)

    def frontier(self, frontier: Frontier) -> list[Any]:
        candidates = [[self.version(version), value] for version, value in frontier.candidates]
        return [candidates, self.seqs(frontier.floors.items()), dict(frontier.bases)]

    def seqs(self, pairs: Iterable[tuple[str, int]]) -> list[int]:
        return [number for device, seq in pairs for number in (self.device(device), seq)]

    def device(self, device: str) -> int:
        return self.devices.setdefault(device, len(self.devices))

    def version(self, version: Version) -> int:
        place = self.places.setdefault(version.op, len(self.rows))
        if place == len(self.rows):
            self.rows.append(self.row(version))
        return place

    def row(self, version: Version) -> list[Any]:
        v, marks = version, version.office + 2 * version.forked
        return [v.op, v.at, self.device(v.device), v.seq, v.by, v.base, v.epoch, marks, [*map(list, v.revs)]]


class _Reader:
    """The way back."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.state = state
        self.devices: list[str] = state["d"]
        self.versions = [self.version(row) for row in state["v"]]

    def record(self, fields: dict[str, Any]) -> Record:
        part = {letter: self.state.get(letter, {}).items() for letter in "fslt"}
        cells: dict[str, Cell] = {field: self.frontier(*written) for field, written in part["f"]}
        for field, elements in part["s"]:
            cells[field] = SetCell({name: self.frontier(*written) for name, written in elements.items()})
        cells |= {field: LogCell(tuple(self.seqs(written))) for field, written in part["l"]}
        cells |= {field: Tally(int(written)) for field, written in part["t"]}
        return Record(fields, self.versions[0], cells, self.state.get("feed"))

    def frontier(self, candidates: list[list[Any]], floors: list[int], bases: dict[str, int]) -> Frontier:
        standing = tuple((self.versions[place], value) for place, value in candidates)
        return Frontier(standing, dict(self.seqs(floors)), bases)

    def seqs(self, numbers: list[int]) -> Iterable[tuple[str, int]]:
        return ((self.devices[place], seq) for place, seq in zip(numbers[::2], numbers[1::2], strict=True))

    def version(self, row: list[Any]) -> Version:
        op, at, device, seq, by, base, epoch, marks, pairs = row
        revs = tuple((name, rev) for name, rev in pairs)
        office, forked = bool(marks & 1), bool(marks & 2)
        return Version(op, at, self.devices[device], seq, by, base, epoch, revs, office, forked)
