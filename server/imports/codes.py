"""Import of code lists: what a region calls things, what it adds and what it no longer uses, as ops through the gate.

CSV in UTF-8 with the columns list, value, ru, en, from, to. A value that is known gets the label and dates of the file;
another is added. Nothing is removed: what is no longer used is dated out. Repeating an import changes nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas import codes, messages, registry
from schemas.ids import new_id
from server import authors, office, reference, register
from server.imports.alone import alone
from server.office import Change

COLUMNS = ("list", "value", "ru", "en", "from", "to")
_FIELDS = {"list": "list", "value": "value", "ru": "label_ru", "en": "label_en", "from": "date_from", "to": "date_to"}
_COLUMN_OF = {name: column for column, name in _FIELDS.items()}
UNKNOWN_LIST = ("такого справочника нет", "there is no such list")


class BadFile(ValueError):
    """The file is no table of code lists; the message says which columns it lacks."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be used. ``why``: (Russian, English)."""

    line: int
    row: str
    why: tuple[str, str]


@dataclass
class Report:
    """What an import did. Entries are named `list:value`."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)


@alone()
def import_codes(path: Path, dry: bool = False) -> Report:
    """Imports a file; ``dry``: only tells what it would do. Raises BadFile, UnicodeDecodeError, OSError."""
    report, changes = Report(), []
    own = {(each["list"], each["value"]): id for id, each in reference.current().entries.items()}
    known = register.fetch(own.values())
    for line, row in _rows(path):
        values, why = _read(row)
        if why:
            report.refused.append(Refused(line, f"{row['list']}:{row['value']}", why))
        elif change := _change(values, own, known, report):
            changes.append(change)
            own.setdefault((values["list"], values["value"]), change.id)
    if not dry:
        office.write(authors.importer("codes"), changes)
    return report


def put(author: authors.Author, row: Mapping[str, str]) -> tuple[str, str] | None:
    """Writes one entry, given by COLUMNS, as typed on a page. Returns why it cannot be used, None when it is written or
    holds already."""
    values, why = _read({name: (row.get(name) or "").strip() for name in COLUMNS})
    if why:
        return why
    own = {(each["list"], each["value"]): id for id, each in reference.current().entries.items()}
    change = _change(values, own, register.fetch([own.get((values["list"], values["value"]), "")]), Report())
    if change:
        office.write(author, [change])
    return None


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]
        if missing:
            raise BadFile(", ".join(missing))
        for row in reader:
            yield reader.line_num, {name: (row.get(name) or "").strip() for name in COLUMNS}


def _read(row: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, str] | None]:
    """The fields that a row gives, or why it cannot be used."""
    if row["list"] not in codes.CODES:
        return {}, UNKNOWN_LIST
    values = {name: row[column] or None for column, name in _FIELDS.items()}
    declared = registry.types()["code"]
    changes, errors = declared.check({"set": {name: value for name, value in values.items() if value}, "at": "f" * 16})
    lacking = {name: ["missing"] for name in declared.whole(changes.set)}
    for name, (code, *_) in {**lacking, **errors}.items():
        said = [f"{_COLUMN_OF.get(name, name)}: {messages.say(code, lang)}" for lang in ("ru", "en")]
        return {}, (said[0], said[1])
    return {name: changes.set.get(name) for name in values}, None


def _change(
    values: dict[str, Any], own: Mapping[tuple[str, str], str], known: Mapping[str, register.Stored], report: Report
) -> Change | None:
    """The op that a row asks for; None where it says what holds already."""
    key, name = (values["list"], values["value"]), f"{values['list']}:{values['value']}"
    held = known.get(own.get(key, ""))
    if held is None and key not in own and not _is_default(values):
        report.added.append(name)
        return Change("code", new_id(), set={field: value for field, value in values.items() if value})
    before = held.fields if held else {}
    differing = {field: value for field, value in values.items() if before.get(field) != value}
    if held is None or not differing:
        report.unchanged += 1
        return None
    report.changed.append(name)
    return Change("code", held.id, set=differing, base=held.rev)


def _is_default(values: Mapping[str, Any]) -> bool:
    """Whether a row says just what the delivered lists say."""
    entries = {entry["value"]: entry for entry in codes.CODES[values["list"]]}
    entry = entries.get(values["value"])
    label = {"ru": values["label_ru"], "en": values["label_en"]}
    dates = (values["date_from"], values["date_to"])
    return entry is not None and entry["label"] == label and (entry["from"], entry["to"]) == dates
