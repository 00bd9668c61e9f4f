"""Import of an OKTMO edition: the territories of the register, brought in step with the classifier, as ops
through the gate.

Repeating an import changes nothing. A newer edition changes codes, kinds and names of the same territories;
what teams, families and tablets rest on (ids, parents) stays as it is. docs/operations.md says what the
report means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from schemas.ids import new_id
from server import authors, office, reference, register
from server.imports.alone import alone
from server.imports.edition import Refused, Row, read
from server.imports.matching import Fields, Matched, codes_of, is_closed, match
from server.office import Change


@dataclass
class Report:
    """What an import did. A territory is {oktmo, name} and, where it changed, {was: {field: before}}."""

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0
    vanished: list[dict[str, Any]] = field(default_factory=list)
    unresolved: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@dataclass
class Plan:
    """The ops of an import before they are written, and its report."""

    changes: list[Change] = field(default_factory=list)
    report: Report = field(default_factory=Report)


@alone()
def import_oktmo(path: Path, edition: date) -> Report:
    """Imports an edition that holds from a day. Raises BadFile, OSError."""
    plan = plan_oktmo(path, edition)
    office.write(authors.importer("oktmo"), plan.changes)
    return plan.report


def plan_oktmo(path: Path, edition: date) -> Plan:
    """What an import would do, and the ops that it would write. Raises as `import_oktmo`."""
    territories = reference.current().territories
    revs = {id: held.rev for id, held in register.fetch(territories).items()}
    return prepare(path, edition, territories, revs)


def prepare(
    path: Path,
    edition: date,
    territories: Mapping[str, Fields],
    revs: Mapping[str, int],
    make_id: Callable[[], str] = new_id,
) -> Plan:
    """What an edition means for territories (id → fields; id → rev). Raises as `import_oktmo`."""
    rows, refused = read(path)
    mentioned = {row.oktmo for row in rows} | {row.parent for row in rows} | {row.oktmo for row in refused}
    matched = match(rows, mentioned, territories, make_id)
    plan = Plan(report=Report(refused=sorted([*refused, *matched.refused], key=lambda row: row.line)))
    _Planner(plan, matched, territories, revs, edition.isoformat()).fill()
    return plan


@dataclass
class _Planner:
    plan: Plan
    matched: Matched
    territories: Mapping[str, Fields]
    revs: Mapping[str, int]
    day: str

    def fill(self) -> None:
        report = self.plan.report
        for id, row in self.matched.added:
            self._add(id, row)
        for id, row in self.matched.known:
            self._renew(id, row)
        for id, heir in self.matched.vanished.items():
            self._close(id, heir)
        report.unresolved = [_named(self.territories[id]) for id in self.matched.unresolved]

    def _add(self, id: str, row: Row) -> None:
        values = {**_values(row), "parent": self.matched.placed.get(row.parent) or self._by_code(row.parent)}
        known = {name: value for name, value in values.items() if value}
        since = {"from": self.day} if self.territories else {}  # of a first edition nobody knows since when
        codes = [{"oktmo": row.oktmo, **since}]
        self.plan.changes.append(Change("territory", id, set=known, add={"codes": codes}))
        self.plan.report.added.append(_named(known))

    def _renew(self, id: str, row: Row) -> None:
        before = self.territories[id]
        new = {name: value for name, value in _values(row).items() if value != before.get(name)}
        back = is_closed(before, row.oktmo)
        if not new and not back:
            self.plan.report.unchanged += 1
            return
        if back:
            new |= {"valid_to": None, "successor": None}
        add, remove = self._recode(before, row.oktmo) if back or "oktmo" in new else ({}, {})
        self._change(id, new, add, remove)
        was = {name: before.get(name) for name in new}
        self.plan.report.changed.append({**_named({**before, **new}), "was": was})

    def _close(self, id: str, heir: str | None) -> None:
        before = self.territories[id]
        add, remove = self._recode(before, None)
        self._change(id, {"valid_to": self.day, "successor": heir}, add, remove)
        self.plan.report.vanished.append(_named(before))

    def _recode(self, before: Fields, code: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
        """The dated codes to add and remove: the present one ends on the edition's day, a new one begins; one
        that comes back goes on as if it had never ended."""
        current = [dated for dated in before.get("codes") or () if dated["oktmo"] == before.get("oktmo")]
        if code == before.get("oktmo"):
            return {"codes": [{**dated, "to": None} for dated in current]}, {"codes": current}
        ended = [{**dated, "to": self.day} for dated in current or [{"oktmo": before.get("oktmo")}]]
        begun = [{"oktmo": code, "from": self.day}] if code else []
        return {"codes": ended + begun}, {"codes": current} if current else {}

    def _change(self, id: str, new: dict[str, Any], add: dict[str, Any], remove: dict[str, Any]) -> None:
        self.plan.changes.append(Change("territory", id, base=self.revs[id], set=new, add=add, remove=remove))

    def _by_code(self, code: str) -> str | None:
        return next((id for id, fields in self.territories.items() if code in codes_of(fields)), None)


def _values(row: Row) -> dict[str, Any]:
    return {"oktmo": row.oktmo, "kind": row.kind, "name": row.name, "centre": row.centre or None}


def _named(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"oktmo": fields.get("oktmo"), "name": fields.get("name")}
