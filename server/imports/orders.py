"""An import as it was asked for on a page: first a trial that writes nothing, then the same file in earnest; carried
out as a task (server/tasks.py). What is told of it is data for the page (`result` of the task)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from server import audit, people, tasks
from server.imports import codes, families, plans, refusals, tables
from server.imports.columns import LABELS
from server.imports.edition import BadFile as BadEdition
from server.imports.oktmo import import_oktmo, plan_oktmo
from server.people import Person
from server.reading.reach import Reach
from server.tasks import Outcome, Progress, Refused

FAMILIES, PLAN, CODES, OKTMO = "families", "plan", "codes", "oktmo"
SYSTEM = "Регистр"
MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class Order:
    """``kind``: FAMILIES, PLAN, CODES or OKTMO; ``name``: what the file was called; ``lang``: of reasons; ``day``: from
    when an edition holds, and new members are counted."""

    kind: str
    path: Path
    name: str
    dry: bool
    lang: str
    day: date
    zone: ZoneInfo
    system: str = SYSTEM
    columns: Mapping[str, str] = field(default_factory=dict)


def start(person: Person, reach: Reach, order: Order) -> str:
    """Begins an import. Returns the task's id."""
    params: dict[str, Any] = {"kind": order.kind, "path": order.path.name, "name": order.name, "system": order.system}
    params |= {"columns": dict(order.columns), "day": order.day.isoformat()}

    def work(progress: Progress) -> Outcome:
        try:
            told, refused = WORK[order.kind](person, reach, order, progress)
        except (tables.BadFile, codes.BadFile, BadEdition, UnicodeDecodeError) as error:
            raise Refused(f"bad_file|{order.kind}") from error
        if not order.dry:
            details = {name: told[name] for name in ("rows", "added", "changed", "refused") if name in told}
            audit.record("import", who=person.id, subject=order.kind, **details)
        title = f"{Path(order.name).stem}.refused{Path(order.name).suffix}"
        return Outcome(told | {"dry": order.dry}, refused, title)

    return tasks.start(person.id, f"import.{order.kind}", params, work)


Told = tuple[dict[str, Any], Path | None]


def _families(person: Person, reach: Reach, order: Order, progress: Progress) -> Told:
    task = families.Task(order.path, order.system, order.columns, order.dry, order.day)
    report, sheet = families.import_families(task, progress)
    reasons = Counter(refusals.say(*fault, order.lang) for _, faults in report.refused for fault in faults)
    told = {name: getattr(report, name) for name in ("rows", "added", "changed", "unchanged", "families", "people")}
    told |= {"idle": report.idle, "headers": [header for header in sheet.headers if header]}
    told["columns"] = [(LABELS[name], header) for name, header in report.columns.items()]
    told["mapping"] = [(name, label, report.columns.get(name)) for name, label in LABELS.items()]
    return _with_refused(
        told, len(report.refused), reasons, lambda path: families.write_refused(report, sheet, path, order.lang), order
    )


def _plan(person: Person, reach: Reach, order: Order, progress: Progress) -> Told:
    task = plans.Task(order.path, people.author(person), reach, order.zone, order.dry)
    report, sheet = plans.import_plan(task)
    reasons = Counter(plans.REASONS[code][order.lang != "ru"] for _, code in report.refused)
    told = {name: getattr(report, name) for name in ("rows", "added", "changed", "unchanged", "trips", "idle")}
    told["columns"] = list(report.columns.items())
    return _with_refused(
        told, len(report.refused), reasons, lambda path: plans.write_refused(report, sheet, path, order.lang), order
    )


def _codes(person: Person, reach: Reach, order: Order, progress: Progress) -> Told:
    report = codes.import_codes(order.path, order.dry)
    reasons = Counter(f"{row.line}, {row.row}: {row.why[order.lang != 'ru']}" for row in report.refused)
    return _counted(report, reasons)


def _oktmo(person: Person, reach: Reach, order: Order, progress: Progress) -> Told:
    report = plan_oktmo(order.path, order.day).report if order.dry else import_oktmo(order.path, order.day)
    reasons = Counter(f"{row.line}, {row.oktmo} {row.name}: {row.says(order.lang)}" for row in report.refused)
    return _counted(report, reasons)


def _counted(report: Any, reasons: Counter[str]) -> Told:
    told = {"added": len(report.added), "changed": len(report.changed), "unchanged": report.unchanged}
    told |= {"refused": len(report.refused), "rows": sum(told.values()) + len(report.refused)}
    return told | {"reasons": reasons.most_common(MOST_REASONS)}, None


def _with_refused(
    told: dict[str, Any], refused: int, reasons: Counter[str], write: Callable[[Path], object], order: Order
) -> Told:
    path = None
    if refused:
        path = tasks.new_file(order.path.suffix)
        write(path)
    return told | {"refused": refused, "reasons": reasons.most_common(MOST_REASONS)}, path


WORK: dict[str, Callable[[Person, Reach, Order, Progress], Told]] = {
    FAMILIES: _families,
    PLAN: _plan,
    CODES: _codes,
    OKTMO: _oktmo,
}
