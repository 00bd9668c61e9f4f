"""Import of a plan of trips from a table, CSV or XLSX: a row is a stop, rows of one team and the same days are a trip.

A trip that the team has on these days already gets the stops that it lacks: repeating a file changes nothing. Rows that
cannot be taken come back with their reasons.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from schemas.ids import new_id
from schemas.text import fold
from server import office, projections, reference, register
from server.authors import Author
from server.bulk import among
from server.db import reading
from server.imports import columns, tables
from server.imports.alone import alone
from server.imports.columns import Unreadable
from server.imports.rows import Places
from server.imports.tables import Line, Sheet
from server.office import Change
from server.reading.reach import Reach
from server.register import Stored
from server.stops import Stop, difference, in_order, numbered

NAMES: dict[str, tuple[str, ...]] = {
    "team": ("бригада", "код бригады", "team"),
    "date_from": ("дата", "дата выезда", "с", "date", "from"),
    "date_to": ("по", "дата окончания", "to"),
    "territory": ("населенный пункт", "территория", "октмо", "поселение", "territory"),
    "district": ("район", "district"),
    "family": ("номер дела", "№ дела", "дело", "семья", "case number"),
    "time": ("время", "прибытие", "time"),
    "note": ("примечание", "комментарий", "note"),
    "purpose": ("цель", "purpose"),
    "vehicle": ("транспорт", "vehicle"),
    "plate": ("госномер", "plate"),
}
"""Field → the names of its column, folded. The first is what messages call it."""
LABELS = {name: column for name, (column, *_) in NAMES.items()}
KNOWN = {column: name for name, names in NAMES.items() for column in names}
REASONS = {
    "team": ("бригада не найдена: укажите её код или название", "no such team: give its code or name"),
    "date": ("нет даты выезда или она не распознана", "the day of the trip is missing or not recognised"),
    "order": ("выезд кончается раньше, чем начинается", "the trip ends before it begins"),
    "territory": ("населённый пункт не найден: укажите код ОКТМО", "unknown place: give its OKTMO code"),
    "territory_twice": ("таких названий несколько: укажите район или код ОКТМО", "several places have this name"),
    "family": ("семьи с таким номером дела у вас нет", "you have no family with this case number"),
    "family_twice": ("семей с таким номером дела несколько", "several families have this case number"),
    "time": ("время не распознано: 09:30", "the time is not recognised: 09:30"),
    "nowhere": ("нет ни населённого пункта, ни семьи, ни примечания", "neither a place nor a family nor a note"),
}
TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?::\d{2})?").fullmatch
OF_TRIP = ("purpose", "vehicle", "plate")


@dataclass
class Report(tables.Report):
    """What an import did, or would do: ``trips`` new ones, ``changed`` trips that got stops, ``added`` stops;
    ``refused``: (row, code)."""

    trips: int = 0
    refused: list[tuple[Line, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Task:
    """``reach``: of who imports; ``zone``: in which the file's times are; ``dry``: write nothing."""

    path: Path
    author: Author
    reach: Reach
    zone: ZoneInfo
    dry: bool


Days = tuple[str, str, str]
"""(team, first day, last day)."""


def import_plan(task: Task) -> tuple[Report, Sheet]:
    """Imports a file. Raises tables.BadFile, OSError."""
    sheet = tables.recognise(task.path, KNOWN)
    fields = {at: KNOWN[fold(header)] for at, header in enumerate(sheet.headers) if fold(header) in KNOWN}
    idle = [header for at, header in enumerate(sheet.headers) if header and at not in fields]
    report = Report({LABELS[name]: sheet.headers[at] for at, name in fields.items()}, idle)
    trips = _Reader(task, fields, report).read(sheet.lines())
    with alone():
        changes = list(_changes(trips, report))
        if changes and not task.dry:
            office.write(task.author, changes)
    return report, sheet


def write_refused(report: Report, sheet: Sheet, path: Path, lang: str) -> None:
    """Writes the refused rows with their reasons, to be mended and imported again."""
    told = [(line, REASONS[code][lang != "ru"]) for line, code in report.refused]
    tables.write_back(sheet, path, lang, told)


@dataclass
class _Trip:
    """A trip as the file has it."""

    values: dict[str, str] = field(default_factory=dict)
    stops: list[Stop] = field(default_factory=list)


class _Reader:
    """Reads rows for somebody: what is out of that one's reach is not known."""

    def __init__(self, task: Task, fields: Mapping[int, str], report: Report) -> None:
        self.task, self.fields, self.report = task, fields, report
        known = reference.current()
        mine = {id: each for id, each in known.teams.items() if task.reach.teams is None or id in task.reach.teams}
        self.teams = {fold(str(each.get(name, ""))): id for id, each in mine.items() for name in ("name", "code")}
        self.places = Places(known.territories)
        self.families: dict[str, list[str]] = {}

    def read(self, lines: Iterator[Line]) -> dict[Days, _Trip]:
        rows = [(line, self._cells(line)) for line in lines]
        self.report.rows = len(rows)
        self.families = self._known_families({cells["family"] for _, cells in rows if cells.get("family")})
        trips: dict[Days, _Trip] = {}
        for line, cells in rows:
            try:
                days, stop = self._days(cells), self._stop(cells)
            except Unreadable as error:
                self.report.refused.append((line, str(error)))
                continue
            trip = trips.setdefault(days, _Trip())
            trip.stops.append(stop)
            trip.values |= {name: cells[name] for name in OF_TRIP if cells.get(name)}
        return trips

    def _cells(self, line: Line) -> dict[str, str]:
        told = {name: columns.tidy(line.cells[at]) for at, name in self.fields.items() if at < len(line.cells)}
        return {name: text for name, text in told.items() if text}

    def _known_families(self, numbers: set[str]) -> dict[str, list[str]]:
        """Case number → families within reach: districts count each from 1."""
        family = projections.table("family").c
        with reading() as connection:
            query = select(family.number, family.record).where(among(family.number, sorted(numbers)))
            found = connection.execute(query).all()
            seen = self.task.reach.own.seen((row.record for row in found), connection)
        known: dict[str, list[str]] = defaultdict(list)
        for row in found:
            known[row.number] += [row.record] if row.record in seen else []
        return known

    def _days(self, cells: Mapping[str, str]) -> Days:
        team = self.teams.get(fold(cells.get("team", "")))
        if team is None:
            raise Unreadable("team")
        first = _day(cells.get("date_from", ""))
        last = _day(cells["date_to"]) if "date_to" in cells else first
        if last < first:
            raise Unreadable("order")
        return team, first, last

    def _stop(self, cells: Mapping[str, str]) -> Stop:
        stop: dict[str, str] = {}
        if "family" in cells:
            found = self.families.get(cells["family"])
            if not found or len(found) > 1:
                raise Unreadable("family_twice" if found else "family")
            (stop["family"],) = found
        elif "territory" in cells:
            stop["territory"] = self.places.find(cells["territory"], cells.get("district", ""))
        if "time" in cells:
            stop["arrive_at"] = self._moment(_day(cells.get("date_from", "")), cells["time"])
        if "note" in cells:
            stop["note"] = cells["note"][:200]
        if not stop.keys() & {"family", "territory", "note"}:
            raise Unreadable("nowhere")
        return stop

    def _moment(self, day: str, text: str) -> str:
        found = TIME(text)
        if found is None or int(found[1]) > 23 or int(found[2]) > 59:
            raise Unreadable("time")
        moment = datetime.fromisoformat(f"{day}T{int(found[1]):02d}:{found[2]}")
        return moment.replace(tzinfo=self.task.zone).isoformat()


def _day(text: str) -> str:
    day = columns.day(text)
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise Unreadable("date") from None


def _changes(trips: Mapping[Days, _Trip], report: Report) -> Iterator[Change]:
    """One op a trip: a new one, or stops for one that there is."""
    present = _present(list(trips))
    known = reference.current()
    for days, trip in trips.items():
        team, first, last = days
        held = present.get(days)
        before = in_order(held.fields.get("stops") or []) if held else []
        fresh = [stop for stop in trip.stops if not any(_is_same(stop, other) for other in before)]
        report.unchanged += len(trip.stops) - len(fresh)
        report.added += len(fresh)
        stops = difference(before, numbered([*before, *fresh])) if fresh else {}
        if held:
            report.changed += bool(fresh)
            if fresh:
                yield Change("trip", held.id, base=held.rev, **stops)  # type: ignore[arg-type]
            continue
        report.trips += 1
        values = {"team": team, "date_from": first, "date_to": last, "kind": "regular"} | trip.values
        values |= {"status": {"from": None, "to": "planned"}}  # type: ignore[dict-item]
        crew = {
            "participants": sorted(known.workers_of(team)),
            "territories": known.teams[team].get("territories") or [],
        }
        add = {**stops.get("add", {}), **{name: ids for name, ids in crew.items() if ids}}
        yield Change("trip", new_id(), set=values, add=add)


def _present(days: Sequence[Days]) -> dict[Days, Stored]:
    """The trips that these teams have on these days, cancelled ones aside."""
    trip = projections.table("trip").c
    query = select(trip.record, trip.team, trip.date_from, trip.date_to)
    with reading() as connection:
        rows = connection.execute(
            query.where(
                trip.date_from.in_(sorted({first for _, first, _ in days})), trip.status.is_distinct_from("cancelled")
            )
        ).all()
        found = {(row.team, row.date_from, row.date_to): row.record for row in rows}
        wanted = {each: found[each] for each in days if each in found}
        records = register.fetch(wanted.values(), connection)
    return {each: records[id] for each, id in wanted.items()}


def _is_same(stop: Stop, other: Stop) -> bool:
    """Whether two stops mean one place, whatever the hour."""
    name = next(name for name in ("family", "territory", "note") if stop.get(name))
    return bool(stop.get(name) == other.get(name))
