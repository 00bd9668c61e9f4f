"""One row of a table of families: what it says of a family, of a person in it, and of what they are to each other; or
all that is wrong with it. A row is judged by itself, by the same checks as a tablet's op. No database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas import registry
from schemas.clock import stamp_of
from schemas.messages import Errors
from schemas.text import fold
from server import reference
from server.clock import local_day
from server.imports import columns
from server.imports.columns import Columns, Unreadable
from server.imports.edition import place, stem
from server.imports.tables import Line
from server.reading.households import is_minor

Faults = list[tuple[str, str]]
"""(field, code of what is wrong with it)"""

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """What a good row says. ``family_key``, ``person_keys``: by what its source knows them, the best first; values as
    ops write them."""

    line: Line
    family_key: str
    person_keys: list[str]
    family: dict[str, Any]
    family_phones: list[str]
    person: dict[str, Any]
    phones: list[str]
    role: str

    @property
    def person_key(self) -> str:
        """The best key."""
        return self.person_keys[0]


@dataclass(frozen=True, slots=True)
class Unfit:
    """What is wrong with a row, and whom it is about, "" where even that cannot be told."""

    faults: Faults
    person_key: str


class Places:
    """The territories as a table may name them: by code, or by name, within a district where one is given."""

    def __init__(self, territories: Mapping[str, Fields]) -> None:
        self._territories = territories
        self._by_code: dict[str, str] = {}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        for id, fields in territories.items():
            service = self._service(id)
            if service is None or fields.get("valid_to"):
                continue
            for code in (fields.get("oktmo"), *(dated["oktmo"] for dated in fields.get("codes") or ())):
                self._by_code.setdefault(code or "", service)
            for name in (fields.get("name", ""), fields.get("centre") or ""):
                for key in {fold(name), stem(name), place(name)[1]} - {""}:
                    self._by_name[key].add(service)

    def find(self, text: str, district: str) -> str:
        """The unit of work that a cell names. Raises Unreadable."""
        code = "".join(text.split())
        if code in self._by_code:
            return self._by_code[code]
        found = self._by_name.get(fold(text)) or self._by_name.get(stem(text)) or set()
        if len(found) > 1 and district:
            found = {id for id in found if self._lies_in(id, district)}
        if len(found) != 1:
            raise Unreadable("territory_twice" if found else "territory")
        return next(iter(found))

    def _service(self, id: str) -> str | None:
        """The territory itself, or what it lies in, that families are placed in."""
        above = (each for each in self._above(id) if self._territories[each].get("kind") in reference.SERVICE)
        return next(above, None)

    def _lies_in(self, id: str, district: str) -> bool:
        above = (self._territories[each] for each in self._above(id))
        names = (fields["name"] for fields in above if fields.get("kind") in reference.DISTRICTS)
        return stem(district) in map(stem, names)

    def _above(self, id: str) -> Iterator[str]:
        known: str = id
        while known in self._territories:
            yield known
            known = self._territories[known].get("parent") or ""


def parse(line: Line, form: Columns, width: int, places: Places, now: int) -> Row | Unfit:
    """What a row says, or what is wrong with it. ``width``: how many columns there are; ``now``: Unix ms."""
    if len(line.cells) != width or any(_has_swallowed(cell, width) for cell in line.cells):
        return Unfit([("", "columns")], "")
    cells = {name: columns.tidy(line.cells[at]) for at, name in form.fields.items()}
    return _Reader(line, cells, places, now).row()


def _has_swallowed(cell: str, width: int) -> bool:
    """Whether an unbalanced quotation mark has made several rows one cell."""
    return "\n" in cell and max(cell.count(each) for each in ";,\t|") >= max(width - 1, 1)


class _Reader:
    def __init__(self, line: Line, cells: dict[str, str], places: Places, now: int) -> None:
        self.line = line
        self.cells = {name: text for name, text in cells.items() if text}
        self.places = places
        self.now = now
        self.faults: Faults = []

    def row(self) -> Row | Unfit:
        said = self._said()
        family = self._checked("family", self._only(said, columns.FAMILY_FIELDS) | self._territory())
        person = self._checked("person", self._only(said, columns.PERSON_FIELDS))
        family_phones = self._phones("family", said.get("family_phones"))
        phones = self._phones("person", said.get("phones"))
        family_key = said.get("family_id") or said.get("number") or ""
        if not family_key:
            self.faults.append(("family_id", "family_key"))
        keys = [said["person_id"]] if "person_id" in said else _keys_of(family_key, person)
        if self.faults:
            return Unfit(self.faults, keys[0])
        role = said.get("role") or self._likely_role(person)
        return Row(self.line, family_key, keys, family, family_phones, person, phones, role)

    def _said(self) -> dict[str, Any]:
        """Field → what its cell says; a full name in its parts, the sex also by the patronymic."""
        said: dict[str, Any] = columns.full_name(self.cells["full_name"]) if "full_name" in self.cells else {}
        for name, text in self.cells.items():
            try:
                said[name] = columns.read(name, text)
            except Unreadable as error:
                self.faults.append((name, str(error)))
        if "sex" not in self.cells and (sex := columns.sex_of(said.get("patronymic", ""))):
            said["sex"] = sex
        return said

    def _only(self, said: Fields, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: said[name] for name in names if name in said}

    def _territory(self) -> dict[str, Any]:
        try:
            return {"territory": self.places.find(self.cells.get("territory", ""), self.cells.get("district", ""))}
        except Unreadable as error:
            self.faults.append(("territory", str(error)))
            return {}

    def _checked(self, type_name: str, values: dict[str, Any]) -> dict[str, Any]:
        """The canonical values; what a record of the type would lack is a fault here, as there is somebody to ask."""
        declared = registry.types()[type_name]
        changes, errors = declared.check({"set": values, "at": stamp_of(self.now)})
        unread = {name for name, _ in self.faults}
        self._note({name: codes for name, codes in errors.items() if name not in unread})
        lacking = (name for name in declared.whole(changes.set) if name not in values and name not in unread)
        self.faults += [(name, "missing") for name in lacking]
        return dict(changes.set)

    def _phones(self, type_name: str, values: list[str] | None) -> list[str]:
        changes, errors = registry.types()[type_name].check({"add": {"phones": values or []}})
        self._note(errors)
        return changes.add.get("phones", [])

    def _note(self, errors: Errors) -> None:
        self.faults += [(name, code) for name, codes in errors.items() for code in codes]

    def _likely_role(self, person: Fields) -> str:
        """Where a table does not say: a minor is a child, a grown-up something else."""
        return "child" if is_minor(person["birth_date"], date.fromisoformat(local_day(self.now))) else "other"


def _keys_of(family_key: str, person: Fields) -> list[str]:
    """By what to know a person again whom the source gives no number: the СНИЛС, if there is one, and the name and date
    of birth, by which somebody was known who had none yet."""
    named = (person.get(name) or "" for name in ("surname", "given", "patronymic", "birth_date"))
    by_name = f"{family_key} {fold(' '.join(named))}"
    return [f"СНИЛС {person['snils']}", by_name] if person.get("snils") else [by_name]
