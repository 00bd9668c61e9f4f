"""An edition of the OKTMO classifier as a CSV file: its rows, tidied, and the rows that cannot be used, with
reasons.

Columns: ``oktmo,check_digit,kind,name,centre,parent`` in UTF-8. The check digit is a column of its own, not
a part of the code.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from schemas import checks, messages, registry
from schemas.text import fold

COLUMNS = ("oktmo", "check_digit", "kind", "name", "centre", "parent")
KINDS = {
    "region": "region",
    "district": "district",
    "municipal_okrug": "municipal_okrug",
    "municipal_district": "municipal_okrug",
    "okrug": "municipal_okrug",
    "urban_okrug": "urban_okrug",
    "urban_district": "urban_okrug",
    "urban_settlement": "urban_settlement",
    "rural_settlement": "rural_settlement",
    "locality": "locality",
}
LEVELS = (
    {"region"},
    {"district", "municipal_okrug", "urban_okrug"},
    {"urban_settlement", "rural_settlement"},
    {"locality"},
)
LEVEL = {kind: level for level, kinds in enumerate(LEVELS) for kind in kinds}
REASONS = {
    "check_digit": ("контрольная цифра не сходится", "the check digit does not match"),
    "kind": ("неизвестный вид территории", "unknown kind of territory"),
    "name": ("нет названия", "no name"),
    "repeated": ("код уже был выше в этом файле", "the code stands further up in this file"),
    "parent": ("неизвестна вышестоящая территория", "the parent territory is unknown"),
    "closed": (
        "код отменён более новым изданием, которое уже загружено",
        "a newer edition that was already imported has closed this code",
    ),
}
_LOOKALIKES = str.maketrans("AaBCcEeHKkMOoPpTXxy", "АаВСсЕеНКкМОоРрТХху")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


class BadFile(ValueError):
    """The file is no edition at all; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """A good row. ``kind`` is one of territory.kind; ``parent`` is a code, "" for a region."""

    line: int
    oktmo: str
    kind: str
    name: str
    centre: str
    parent: str

    @property
    def level(self) -> int:
        """0 region, 1 district or okrug, 2 settlement, 3 locality."""
        return LEVEL[self.kind]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be used. ``reason`` is a code of REASONS or of schemas.messages."""

    line: int
    oktmo: str
    name: str
    reason: str

    def says(self, lang: str) -> str:
        """The reason in words, in `ru` or `en`."""
        return REASONS[self.reason][lang != "ru"] if self.reason in REASONS else messages.say(self.reason, lang)


def level_of(kind: str | None) -> int | None:
    """The level of a kind of territory, None for an unknown one."""
    return LEVEL.get(kind or "")


def read(path: Path) -> tuple[list[Row], list[Refused]]:
    """The good and the bad rows of an edition. Raises BadFile, OSError."""
    seen: set[str] = set()
    found = [_read_row(line, cells, seen) for line, cells in _cells(path)]
    return [row for row in found if isinstance(row, Row)], [row for row in found if isinstance(row, Refused)]


def _cells(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := set(COLUMNS) - set(reader.fieldnames or ()):
                raise BadFile(", ".join(sorted(missing)))
            for cells in reader:
                yield reader.line_num, {column: _tidy(cells[column] or "") for column in COLUMNS}
    except UnicodeDecodeError as error:
        raise BadFile("UTF-8") from error


def _read_row(line: int, cells: dict[str, str], seen: set[str]) -> Row | Refused:
    code = "".join(cells["oktmo"].split())
    reason = next(_faults(code, cells, seen), None)
    seen.add(code)
    if reason:
        return Refused(line, code, cells["name"], reason)
    return Row(line, code, KINDS[cells["kind"]], cells["name"], cells["centre"], cells["parent"])


def _faults(code: str, cells: dict[str, str], seen: set[str]) -> Iterator[str]:
    """What is wrong with a row: what its record type would refuse, then what only an edition can have wrong."""
    values = {"oktmo": code, "name": cells["name"], "centre": cells["centre"]}
    _, errors = registry.types()["territory"].check({"set": values})
    yield from (reason for reasons in errors.values() for reason in reasons)
    if cells["check_digit"] != str(checks.oktmo_check_digit(code)):
        yield "check_digit"
    if cells["kind"] not in KINDS:
        yield "kind"
    if not cells["name"]:
        yield "name"
    if code in seen:
        yield "repeated"


def _tidy(text: str) -> str:
    """Single spaces; Latin look-alikes in Cyrillic words mended (Astrakhan has a «cело» with a Latin c)."""
    return " ".join(_in_cyrillic(word) for word in normalize("NFC", text).split())


def _in_cyrillic(word: str) -> str:
    return word.translate(_LOOKALIKES) if _CYRILLIC.search(word) else word


# What stays of a name when editions name one place differently: «Красноярский район» and «… округ».

_GENERIC = re.compile(
    r"\b(муниципальный|район|округ|городской|городское|сельское|сельский|поселение|сельсовет"
    r"|село|поселок|город|рабочий|деревня|хутор|станица|зато)\b"
)
_TYPES = {
    **dict.fromkeys(("с", "село"), "с"),
    **dict.fromkeys(("п", "пос", "поселок"), "п"),
    **dict.fromkeys(("рп", "пгт"), "рп"),
    **dict.fromkeys(("г", "город"), "г"),
    **dict.fromkeys(("х", "хутор"), "х"),
    "нп": "нп",
    "кордон": "кордон",
    "зимовка": "зимовка",
}


def stem(name: str) -> str:
    """The name without the words that say what kind of municipality it is, folded."""
    return " ".join(_GENERIC.sub("", fold(name)).split())


def place(name: str) -> tuple[str, str]:
    """(kind of place, name) of a populated place, folded: «рп Ильинка» → ("рп", "ильинка")."""
    first, _, rest = fold(name).partition(" ")
    kind = _TYPES.get(first.rstrip("."))
    return (kind, rest) if kind and rest else ("", fold(name))


def by_level(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows of each level, large territories first."""
    levels: list[list[Row]] = [[] for _ in LEVELS]
    for row in rows:
        levels[row.level].append(row)
    return levels
