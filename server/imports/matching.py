"""Which territory each row of an edition means, and which territories an edition no longer names. Pure: no
database, no clock.

Codes are dated attributes and ids stay, so a row is matched by its code; else, among the territories whose
code has vanished, by kind family, name stem and centre (a district that became an okrug), and a locality by
its name within its district. What a service rests on never moves: a territory keeps its parent, whatever
the classifier now says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.imports.edition import Refused, Row, by_level, level_of, place, stem

Fields = Mapping[str, Any]
OKRUGS = {"municipal_okrug", "urban_okrug"}  # settlements do not exist below these
LOCALITY = 3


@dataclass
class Matched:
    """``placed``: code → id of good rows. ``vanished``: id → its successor; ``unresolved``: none is known."""

    added: list[tuple[str, Row]] = field(default_factory=list)
    known: list[tuple[str, Row]] = field(default_factory=list)
    vanished: dict[str, str | None] = field(default_factory=dict)
    unresolved: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    placed: dict[str, str] = field(default_factory=dict)


def match(
    rows: Iterable[Row], mentioned: set[str], territories: Mapping[str, Fields], new_id: Callable[[], str]
) -> Matched:
    """Matches good rows to territories (id → fields). ``mentioned``: every code that the file names, in
    refused rows too: what it names has not vanished."""
    matcher = _Matcher(mentioned, territories, new_id)
    for level, rows_of_level in enumerate(by_level(rows)):
        matcher.match_level(level, rows_of_level)
    matcher.find_vanished()
    return matcher.result


def is_closed(fields: Fields, code: str) -> bool:
    """Whether an edition has closed this code of a territory."""
    return any(dated["oktmo"] == code and dated.get("to") for dated in fields.get("codes") or ())


def codes_of(fields: Fields) -> set[str]:
    """Every code that a territory has or had."""
    dated = fields.get("codes") or ()
    return {code for code in (fields.get("oktmo"), *(each["oktmo"] for each in dated)) if code}


class _Matcher:
    def __init__(self, mentioned: set[str], territories: Mapping[str, Fields], new_id: Callable[[], str]) -> None:
        self.result = Matched()
        self._mentioned = mentioned
        self._territories = territories
        self._new_id = new_id
        self._taken: set[str] = set()
        self._parents: dict[str, str | None] = {}  # id → the parent that this edition gives it
        self._kinds: dict[str, str] = {}  # id → the kind that this edition gives it
        self._codes: dict[str, str] = {}
        self._closed: dict[str, str] = {}
        for id, fields in territories.items():
            for code in codes_of(fields):
                closed = code != fields.get("oktmo") or is_closed(fields, code)
                (self._closed if closed else self._codes)[code] = id

    def match_level(self, level: int, rows: list[Row]) -> None:
        rest = [row for row in rows if not self._by_code(row)]
        index = self._index(level)
        for row in rest:
            if level and self._parent(row) is None:
                self._refuse(row, "parent")
            elif self._comes_back(row):
                self._take(self._closed[row.oktmo], row)
            elif row.oktmo in self._closed:
                self._refuse(row, "closed")
            else:
                self._by_name(row, index)

    def _by_code(self, row: Row) -> bool:
        id = self._codes.get(row.oktmo)
        if id is None:
            return False
        self._take(id, row)
        return True

    def _comes_back(self, row: Row) -> bool:
        """Whether a vanished territory is named again. An older edition names a closed parent as well."""
        before = self._territories.get(self._closed.get(row.oktmo, ""), {})
        return before.get("oktmo") == row.oktmo and row.parent not in self._closed

    def _by_name(self, row: Row, index: Mapping[Hashable, set[str]]) -> None:
        for key in self._keys(row.level, self._above(row), row.name, row.centre):
            candidates = index.get(key, set()) - self._taken
            if len(candidates) == 1:
                self._take(candidates.pop(), row)
                return
        id = self._new_id()
        self._note(id, row)
        self.result.added.append((id, row))

    def _take(self, id: str, row: Row) -> None:
        self._taken.add(id)
        self._note(id, row)
        self.result.known.append((id, row))

    def _note(self, id: str, row: Row) -> None:
        self.result.placed[row.oktmo] = id
        self._parents[id] = self._parent(row)
        self._kinds[id] = row.kind

    def _refuse(self, row: Row, reason: str) -> None:
        self.result.refused.append(Refused(row.line, row.oktmo, row.name, reason))

    def _parent(self, row: Row) -> str | None:
        return self.result.placed.get(row.parent) or self._codes.get(row.parent) or self._closed.get(row.parent)

    def _above(self, row: Row) -> str | None:
        """Where a namesake must be looked for: a locality in its district, anything else under its parent."""
        parent = self._parent(row)
        return self._district(parent) if row.level == LOCALITY else parent

    def _district(self, id: str | None) -> str | None:
        while id is not None and level_of(self._kind(id)) not in (0, 1):
            id = self._parents.get(id) or self._territories.get(id, {}).get("parent")
        return id

    def _kind(self, id: str) -> str | None:
        return self._kinds.get(id) or self._territories.get(id, {}).get("kind")

    def _index(self, level: int) -> Mapping[Hashable, set[str]]:
        """Key → ids of the territories of a level whose codes this edition does not name."""
        index: dict[Hashable, set[str]] = defaultdict(set)
        for id, fields in self._lost():
            if level_of(fields.get("kind")) == level:
                above = self._district(fields.get("parent")) if level == LOCALITY else fields.get("parent")
                for key in self._keys(level, above, fields.get("name", ""), fields.get("centre") or ""):
                    index[key].add(id)
        return index

    def _lost(self) -> Iterator[tuple[str, Fields]]:
        for id, fields in self._territories.items():
            named = id in self._taken or not self._mentioned.isdisjoint(codes_of(fields))
            if not named and not is_closed(fields, fields.get("oktmo", "")):
                yield id, fields

    @staticmethod
    def _keys(level: int | None, above: str | None, name: str, centre: str) -> list[Hashable]:
        """What a namesake must share, the most telling first."""
        if level == LOCALITY:
            return [(above, place(name)), (above, place(name)[1])]
        return [(above, stem(name), place(centre))]

    def find_vanished(self) -> None:
        """What is named no longer, large first; only where what it lay in is named: a file may be a part."""
        named = {*self._taken, *self.result.placed.values()}
        heirs = self._heirs()
        for id, fields in sorted(self._lost(), key=lambda lost: (level_of(lost[1].get("kind")) or 0, lost[0])):
            parent = fields.get("parent")
            if parent not in named and parent not in self.result.vanished:
                continue
            heir = self._heir(id, fields, heirs)
            if heir is None:
                self.result.unresolved.append(id)
            else:
                self.result.vanished[id] = heir

    def _heirs(self) -> Mapping[str, Counter[str]]:
        """Service parent → where the edition now puts its localities."""
        heirs: dict[str, Counter[str]] = defaultdict(Counter)
        for id in self._taken:
            parent, now = self._territories[id].get("parent"), self._parents.get(id)
            if parent and now:
                heirs[parent][now] += 1
        return heirs

    def _heir(self, id: str, fields: Fields, heirs: Mapping[str, Counter[str]]) -> str | None:
        """Who took over: where most of its localities are now; an okrug that swallowed its settlements; of a
        locality, what it lay in, as long as the edition still names its neighbours."""
        parent = fields.get("parent")
        if level_of(fields.get("kind")) == LOCALITY:
            return parent if heirs.get(parent or "") else None
        if heirs.get(id):
            return heirs[id].most_common(1)[0][0]
        return parent if parent and self._kind(parent) in OKRUGS else None
