"""Import of families and people from a table of another system, as ops through the gate.

A row is a person in a family. External ids (`external_id` records) tell which records a row means, the history tells
what the same source said of them before; only what is new is written, with what the source had seen then as its base:
what tablets have corrected since is not set back, and where both changed one thing a person decides. So repeating a
file changes nothing, and the next one updates instead of doubling. docs/operations.md has the columns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from schemas.ids import new_id
from server import authors, clock, office, reference
from server.authors import Author
from server.db import reading
from server.imports import columns, refusals, rows, said, tables
from server.imports.alone import alone
from server.imports.rows import Faults, Places, Row, Unfit
from server.imports.said import Said
from server.imports.tables import Line, Sheet
from server.office import Change

PART = 1_000
LONGEST = 120  # of an external number
FAMILIES, PEOPLE = "семьи", "люди"

Progress = Callable[[int], object]


@dataclass
class Report(tables.Report):
    """What an import did, or would do. Rows: ``added``, ``changed`` or ``unchanged`` and ``refused`` are all of them;
    ``families`` and ``people`` are new records, ``ops`` what was written.
    """

    encoding: str | None = None
    separator: str | None = None
    ended: int = 0
    families: int = 0
    people: int = 0
    ops: int = 0
    refused: list[tuple[Line, Faults]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Task:
    """``system``: the source's name; ``chosen``: field → header, where names do not tell; ``dry``: write nothing;
    ``day``: from when new members are counted."""

    path: Path
    system: str
    chosen: Mapping[str, str]
    dry: bool
    day: date


@alone()
def import_families(task: Task, progress: Progress = lambda rows: None) -> tuple[Report, Sheet]:
    """Imports a file. Raises tables.BadFile, OSError."""
    headers = {*columns.KNOWN, *(header.casefold() for header in task.chosen.values())}
    sheet = tables.recognise(task.path, headers)
    form = columns.assign(sheet.headers, task.chosen)
    report = Report({name: sheet.headers[at] for at, name in form.fields.items()}, form.idle)
    report.encoding, report.separator = sheet.encoding, sheet.separator
    work = _Import(task, report, authors.importer(f"families {task.system}"))
    places, now = Places(reference.current().territories), clock.now()
    lines = sheet.lines()
    while part := list(islice(lines, PART)):
        work.take([rows.parse(line, form, len(sheet.headers), places, now) for line in part], part)
        progress(report.rows)
    work.end_memberships()
    return report, sheet


def write_refused(report: Report, sheet: Sheet, path: Path, lang: str) -> None:
    """Writes the refused rows with their reasons, to be mended and imported again."""
    told = [(line, "; ".join(refusals.say(*fault, lang) for fault in faults)) for line, faults in report.refused]
    tables.write_back(sheet, path, lang, told)


@dataclass(slots=True)
class _Told:
    """What the file has said of one family or person so far. ``line``: of the row that named it first; ``later``:
    field → line of a later row that added it; ``id``: ours, "" until it is looked up; ``is_new``: not known before;
    ``is_numbered``: known by the key that the file has."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    phones: list[str] = field(default_factory=list)
    later: dict[str, int] = field(default_factory=dict)
    id: str = ""
    is_new: bool = False
    is_numbered: bool = False

    def differing(self, values: Mapping[str, Any]) -> dict[int, str]:
        """Line → labels of what these values say differently; what one leaves out is no difference."""
        lines: dict[int, list[str]] = defaultdict(list)
        for name, value in values.items():
            if self.values.get(name, value) != value:
                lines[self.later.get(name, self.line)].append(columns.LABELS.get(name, name))
        return {line: ", ".join(names) for line, names in lines.items()}

    def add(self, line: int, values: Mapping[str, Any], phones: list[str]) -> None:
        """What another row says of the same."""
        self.later |= {name: line for name in values if name not in self.values and line != self.line}
        self.values |= values
        self.phones += [phone for phone in phones if phone not in self.phones]


class _Import:
    """The state of one import: what the file has said so far, so that its rows can be held against each other."""

    def __init__(self, task: Task, report: Report, author: Author) -> None:
        self.task, self.report, self.author = task, report, author
        self.families: dict[str, _Told] = {}
        self.people: dict[str, _Told] = {}
        self.written: dict[str, Said] = {}  # what this import itself has written of a record
        self.places: dict[tuple[str, str], int] = {}  # (person key, family key) → line
        self.belongs: dict[str, set[str]] = defaultdict(set)  # person that was known before → families in the file
        self.unsure: set[str] = set()  # keys of people of whom a row was refused

    def take(self, parsed: list[Row | Unfit], lines: list[Line]) -> None:
        """Plans and writes one part of the file."""
        self.report.rows += len(lines)
        good: list[Row] = []
        for line, row in zip(lines, parsed, strict=True):
            faults = row.faults if isinstance(row, Unfit) else self._against_others(row)
            if faults:
                self.report.refused.append((line, faults))
                self.unsure.add(row.person_key)
            elif isinstance(row, Row):
                good.append(row)
        self._write([change for row in self._known(good) for change in row])

    def _against_others(self, row: Row) -> Faults:
        """What a row has against the rows before it; a good one is remembered."""
        faults: Faults = []
        family = self.families.get(row.family_key, _Told(row.line.number))
        person = self.people.get(row.person_key, _Told(row.line.number))
        for code, told, values in (("family", family, row.family), ("person", person, row.person)):
            faults += [("", f"{code}_differs|{line}|{names}") for line, names in told.differing(values).items()]
        if line := self.places.get((row.person_key, row.family_key)):
            faults.append(("", f"repeated|{line}"))
        if not faults:
            self.families.setdefault(row.family_key, family).add(row.line.number, row.family, row.family_phones)
            self.people.setdefault(row.person_key, person).add(row.line.number, row.person, row.phones)
            self.places[row.person_key, row.family_key] = row.line.number
        return faults

    def _known(self, good: list[Row]) -> Iterator[list[Change]]:
        """The changes of each row, after a look at what is known of all that they name."""
        with reading() as connection:
            family_ids = said.known_by(connection, self._system(FAMILIES), "family", _keys(r.family_key for r in good))
            person_ids = said.known_by(
                connection, self._system(PEOPLE), "person", _keys(k for r in good for k in r.person_keys)
            )
            links = said.memberships(connection, person_ids.values())
            members = [id for each in links.values() for id, _ in each]
            records = [*family_ids.values(), *person_ids.values(), *members]
            before = said.of_records(connection, self.author.device, records)
        for row in good:
            yield self._changes(row, family_ids, person_ids, links, before)

    def _changes(
        self,
        row: Row,
        family_ids: dict[str, str],
        person_ids: dict[str, str],
        links: dict[str, list[tuple[str, str]]],
        before: dict[str, Said],
    ) -> list[Change]:
        """What one row writes: what it adds to what is known of its family and its person, and their membership."""
        family = self._told(self.families, [row.family_key], family_ids)
        person = self._told(self.people, row.person_keys, person_ids)
        changes = [
            *self._record("family", family, before, row.family_key),
            *self._record("person", person, before, row.person_key, row.family["territory"]),
        ]
        if not person.is_new:
            self.belongs[person.id].add(family.id)
        changes += self._membership(row, family.id, person.id, links.get(person.id, []), before)
        self._count(changes)
        return changes

    def _told(self, seen: dict[str, _Told], keys: list[str], known: dict[str, str]) -> _Told:
        """What the file says of what the first of these keys names, with our id of it: by any of them."""
        told = seen[keys[0]]
        if not told.id:
            ids = [known[key[:LONGEST]] for key in keys if key[:LONGEST] in known]
            told.is_new, told.is_numbered = not ids, keys[0][:LONGEST] in known
            told.id = ids[0] if ids else new_id()
        return told

    def _record(
        self, type_name: str, told: _Told, before: dict[str, Said], key: str, feed: str | None = None
    ) -> list[Change]:
        known = self.written.get(told.id) or before.get(told.id, Said())
        news, more = known.news(told.values), known.new_elements("phones", told.phones)
        changes: list[Change] = []
        if news or more:
            add = {"phones": more} if more else {}
            place = feed if told.is_new and not told.is_numbered else None
            changes.append(Change(type_name, told.id, set=news, add=add, feed=place, **known.seen))
            self.written[told.id] = known.and_also(news, "phones", more)
        if not told.is_numbered:
            told.is_numbered = True
            changes.append(self._number(type_name, told.id, key))
            self._count_new(type_name, told.is_new)
        return changes

    def _number(self, type_name: str, id: str, key: str) -> Change:
        system = self._system(FAMILIES if type_name == "family" else PEOPLE)
        values = {"system": system, "number": key[:LONGEST], type_name: id, "as_of": self.task.day.isoformat()}
        return Change("external_id", new_id(), set=values)

    def _membership(
        self, row: Row, family: str, person: str, links: list[tuple[str, str]], before: dict[str, Said]
    ) -> list[Change]:
        """A new membership; or another role in one that this source has made, which begins anew if it had ended it."""
        id = next((id for id, other in links if other == family), None)
        if id is None:
            born = row.person["birth_date"]
            since = born if row.role == "child" and len(born) == len("2014-05-03") else self.task.day.isoformat()
            values = {"person": person, "family": family, "role": row.role}
            return [Change("membership", new_id(), set=values, add={"periods": [{"from": since}]})]
        told = before.get(id)
        if told is None:
            return []
        news = told.news({"role": row.role})
        add = {} if _is_open(told) else {"periods": [{"from": self.task.day.isoformat()}]}
        return [Change("membership", id, set=news, add=add, **told.seen)] if news or add else []

    def end_memberships(self) -> None:
        """Who was a member by this source's word, and now is one elsewhere by it, is one no more; but not where a row
        was refused, which may have said that they are."""
        unsure = {self.people[key].id for key in self.unsure if key in self.people}
        people = [id for id in self.belongs if id not in unsure]
        for start in range(0, len(people), PART):
            part = people[start : start + PART]
            with reading() as connection:
                links = said.memberships(connection, part)
                ids = [id for each in links.values() for id, _ in each]
                before = said.of_records(connection, self.author.device, ids)
            changes = [
                self._ended(id, before[id])
                for person in part
                for id, family in links.get(person, [])
                if family not in self.belongs[person] and id in before and _is_open(before[id])
            ]
            self.report.ended += len(changes)
            self._write(changes)

    def _ended(self, id: str, told: Said) -> Change:
        spans = [each for each in told.added["periods"] if not each.get("to")]
        closed = [{**each, "to": max(each["from"], self.task.day.isoformat())} for each in spans]
        return Change("membership", id, add={"periods": closed}, remove={"periods": spans}, **told.seen)

    def _count(self, changes: list[Change]) -> None:
        if any(change.type == "membership" and not change.base for change in changes):
            self.report.added += 1
        elif changes:
            self.report.changed += 1
        else:
            self.report.unchanged += 1

    def _count_new(self, type_name: str, is_new: bool) -> None:
        self.report.families += is_new and type_name == "family"
        self.report.people += is_new and type_name == "person"

    def _write(self, changes: list[Change]) -> None:
        self.report.ops += len(changes)
        if not self.task.dry and changes:
            office.write(self.author, changes)

    def _system(self, kind: str) -> str:
        return f"{self.task.system}, {kind}"


def _keys(keys: Iterator[str]) -> set[str]:
    return {key[:LONGEST] for key in keys}


def _is_open(told: Said) -> bool:
    """Whether a membership goes on by the source's own word."""
    return any(not each.get("to") for each in told.added.get("periods", ()))
