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
from server.imports.rows import Faults, Places, Row
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


class _Import:
    """The state of one import: what the file has said so far, so that its rows can be held against each other."""

    def __init__(self, task: Task, report: Report, author: Author) -> None:
        self.task, self.report, self.author = task, report, author
        self.families: dict[str, tuple[str, Row]] = {}  # key → (id, the first row)
        self.people: dict[str, tuple[str, Row]] = {}
        self.places: dict[tuple[str, str], int] = {}  # (person key, family key) → line
        self.belongs: dict[str, set[str]] = defaultdict(set)  # person that was known before → families in the file

    def take(self, parsed: list[Row | Faults], lines: list[Line]) -> None:
        """Plans and writes one part of the file."""
        self.report.rows += len(lines)
        good: list[Row] = []
        for line, row in zip(lines, parsed, strict=True):
            faults = row if isinstance(row, list) else self._against_others(row)
            if faults:
                self.report.refused.append((line, faults))
            elif isinstance(row, Row):
                good.append(row)
        self._write([change for row in self._known(good) for change in row])

    def _against_others(self, row: Row) -> Faults:
        """What a row has against the rows before it; a good one is remembered."""
        faults: Faults = []
        _, family = self.families.get(row.family_key, (None, None))
        _, person = self.people.get(row.person_key, (None, None))
        if family and (names := _differing(family.family, row.family)):
            faults.append(("", f"family_differs|{family.line.number}|{names}"))
        if person and (names := _differing(person.person, row.person)):
            faults.append(("", f"person_differs|{person.line.number}|{names}"))
        if line := self.places.get((row.person_key, row.family_key)):
            faults.append(("", f"repeated|{line}"))
        if not faults:
            self.families.setdefault(row.family_key, ("", row))
            self.people.setdefault(row.person_key, ("", row))
            self.places[row.person_key, row.family_key] = row.line.number
        return faults

    def _known(self, good: list[Row]) -> Iterator[list[Change]]:
        """The changes of each row, after a look at what is known of all that they name."""
        with reading() as connection:
            family_ids = said.known_by(connection, self._system(FAMILIES), "family", _keys(r.family_key for r in good))
            person_ids = said.known_by(connection, self._system(PEOPLE), "person", _keys(r.person_key for r in good))
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
        """What one row writes: its family where it is the first to name it, its person, and their membership."""
        changes: list[Change] = []
        family, is_first = self._id(self.families, row.family_key, family_ids, row)
        person, is_new_person = self._id(self.people, row.person_key, person_ids, row)
        if is_first:
            known = row.family_key[:LONGEST] in family_ids
            changes += self._record("family", family, row.family, row.family_phones, before, known, row.family_key)
        if is_new_person:
            known = row.person_key[:LONGEST] in person_ids
            feed = row.family["territory"]
            changes += self._record("person", person, row.person, row.phones, before, known, row.person_key, feed)
        if row.person_key[:LONGEST] in person_ids:
            self.belongs[person].add(family)
        changes += self._membership(row, family, person, links.get(person, []), before)
        self._count(changes)
        return changes

    def _id(self, seen: dict[str, tuple[str, Row]], key: str, known: dict[str, str], row: Row) -> tuple[str, bool]:
        """(our id of what a key names, whether this row is the first of the file to name it)."""
        id, first = seen[key]
        if id:
            return id, False
        id = known.get(key[:LONGEST]) or new_id()
        seen[key] = (id, first)
        return id, first is row

    def _record(
        self,
        type_name: str,
        id: str,
        values: dict[str, Any],
        phones: list[str],
        before: dict[str, Said],
        known: bool,
        key: str,
        feed: str | None = None,
    ) -> list[Change]:
        told = before.get(id, Said())
        news, more = told.news(values), told.new_elements("phones", phones)
        changes: list[Change] = []
        if news or more:
            add = {"phones": more} if more else {}
            changes.append(Change(type_name, id, set=news, add=add, feed=None if known else feed, **told.seen))
        if not known:
            changes.append(self._number(type_name, id, key))
        return changes

    def _number(self, type_name: str, id: str, key: str) -> Change:
        system = self._system(FAMILIES if type_name == "family" else PEOPLE)
        values = {"system": system, "number": key[:LONGEST], type_name: id, "as_of": self.task.day.isoformat()}
        return Change("external_id", new_id(), set=values)

    def _membership(
        self, row: Row, family: str, person: str, links: list[tuple[str, str]], before: dict[str, Said]
    ) -> list[Change]:
        """A new membership, or another role in one that this source has made."""
        id = next((id for id, other in links if other == family), None)
        if id is None:
            born = row.person["birth_date"]
            since = born if row.role == "child" and len(born) == len("2014-05-03") else self.task.day.isoformat()
            values = {"person": person, "family": family, "role": row.role}
            return [Change("membership", new_id(), set=values, add={"periods": [{"from": since}]})]
        told = before.get(id)
        news = told.news({"role": row.role}) if told else {}
        return [Change("membership", id, set=news, **told.seen)] if told and news else []

    def end_memberships(self) -> None:
        """Who was a member by this source's word, and now is one elsewhere by it, is one no more."""
        people = list(self.belongs)
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
        fresh = {change.type for change in changes if not change.base}
        self.report.families += "family" in fresh
        self.report.people += "person" in fresh
        if "membership" in fresh:
            self.report.added += 1
        elif changes:
            self.report.changed += 1
        else:
            self.report.unchanged += 1

    def _write(self, changes: list[Change]) -> None:
        self.report.ops += len(changes)
        if not self.task.dry and changes:
            office.write(self.author, changes)

    def _system(self, kind: str) -> str:
        return f"{self.task.system}, {kind}"


def _keys(keys: Iterator[str]) -> set[str]:
    return {key[:LONGEST] for key in keys}


def _is_open(told: Said) -> bool:
    return any(not each.get("to") for each in told.added.get("periods", ()))


def _differing(first: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The labels of what two rows say differently of one record; what one of them leaves out is no difference."""
    names = [name for name in other if name in first and first[name] != other[name]]
    return ", ".join(columns.LABELS.get(name, name) for name in names)
