"""The small records that everything refers to (territories, teams, workers, programs, institutions, the region's own
entries of code lists), kept in memory.

One snapshot a process, read again when the head of the feed `reference` has moved; a few thousand records at most.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import current_app, g, has_app_context
from sqlalchemy import Connection, select

from schemas import codes
from server import register
from server.db import reading
from server.models import Feed

TYPES = ("territory", "team", "worker", "program", "institution", "code")
DISTRICTS = {"district", "municipal_okrug", "urban_okrug"}
SERVICE = {"urban_settlement", "rural_settlement", "urban_okrug"}

Fields = dict[str, Any]


@dataclass(frozen=True)
class Reference:
    """One snapshot. Each table: id → fields."""

    head: int
    territories: dict[str, Fields] = field(default_factory=dict)
    teams: dict[str, Fields] = field(default_factory=dict)
    workers: dict[str, Fields] = field(default_factory=dict)
    programs: dict[str, Fields] = field(default_factory=dict)
    institutions: dict[str, Fields] = field(default_factory=dict)
    entries: dict[str, Fields] = field(default_factory=dict)

    @cached_property
    def code_lists(self) -> codes.Lists:
        """The code lists in force."""
        lists: dict[str, list[codes.Entry]] = defaultdict(list)
        for _, fields in sorted(self.entries.items()):
            lists[fields.get("list", "")].append(_code_entry(fields))
        return codes.with_defaults(lists)

    @cached_property
    def _below(self) -> dict[str | None, list[str]]:
        below: dict[str | None, list[str]] = defaultdict(list)
        for id, fields in self.territories.items():
            below[fields.get("parent")].append(id)
        return below

    @cached_property
    def _oktmo(self) -> dict[str, str]:
        """OKTMO code → id: earlier codes first, so that a current one wins."""
        earlier = {dated["oktmo"]: id for id, fields in self.territories.items() for dated in fields.get("codes") or []}
        return earlier | {fields["oktmo"]: id for id, fields in self.territories.items() if "oktmo" in fields}

    def has(self, id: str) -> bool:
        """Whether a record of this id is among them."""
        tables = (self.territories, self.workers, self.teams, self.programs, self.institutions)
        return any(id in table for table in tables)

    def is_territory(self, feed: str) -> bool:
        """Whether a feed is a territory's."""
        return feed in self.territories

    def by_oktmo(self, code: str) -> str | None:
        """The territory that has this code now, or had it earlier."""
        return self._oktmo.get(code)

    def within(self, territory: str) -> frozenset[str]:
        """The territory and all below it."""
        found, queue = {territory}, [territory]
        while queue:
            for child in self._below.get(queue.pop(), []):
                if child not in found:
                    found.add(child)
                    queue.append(child)
        return frozenset(found)

    def above(self, territory: str | None) -> list[str]:
        """The territory and what it lies in, from small to large."""
        chain: list[str] = []
        while territory in self.territories and territory not in chain:
            chain.append(territory)
            territory = self.territories[territory].get("parent")
        return chain

    def district_of(self, territory: str) -> str | None:
        """The district or okrug that a territory lies in (or is)."""
        return next((id for id in self.above(territory) if self.territories[id].get("kind") in DISTRICTS), None)

    def service_territories(self) -> list[str]:
        """The units of work: settlements and urban okrugs, in the order of their names."""
        units = [id for id, fields in self.territories.items() if fields.get("kind") in SERVICE]
        return sorted(units, key=lambda id: self.territories[id].get("name", ""))

    def team_by_code(self, code: str) -> str | None:
        """A team's id by the code that people know it by."""
        return next((id for id, fields in self.teams.items() if fields.get("code") == code), None)

    def workers_of(self, team: str) -> list[str]:
        """Ids of the workers who belong to a team now."""
        return [id for id, fields in self.workers.items() if fields.get("team") == team]

    def has_belonged(self, worker: str, team: str | None, since: str) -> bool:
        """Whether a worker has belonged to a team at any time since a day (ISO date)."""
        fields = self.workers.get(worker, {})
        former = fields.get("former_teams") or []
        return fields.get("team") == team or any(f["team"] == team and f["until"] >= since for f in former)

    def feeds_of_team(self, team: str | None) -> frozenset[str]:
        """A team's scope: its territories with all below them, its own feed, and `reference`."""
        territories = self.teams.get(team or "", {}).get("territories") or []
        own = frozenset(["reference", f"team:{team}"])
        return own.union(*(self.within(territory) for territory in territories))


def current(connection: Connection | None = None) -> Reference:
    """The present snapshot; looked up once a request, read again only when something in it has changed."""
    known: Reference | None = g.get("vyezd_reference")
    if known is None:
        known = g.vyezd_reference = _fresh(connection)
        codes.use(known.code_lists)
    return known


def forget() -> None:
    """Lets the next `current()` look again: called after a transaction that wrote to the feed `reference`."""
    if has_app_context():
        g.pop("vyezd_reference", None)


def _fresh(connection: Connection | None) -> Reference:
    if connection is None:
        with reading() as own:
            return _fresh(own)
    head = connection.scalar(select(Feed.head).where(Feed.id == "reference")) or 0
    kept = current_app.extensions.get("vyezd.reference")
    if kept is None or kept.head != head:
        kept = current_app.extensions["vyezd.reference"] = _read(connection, head)
    return kept


def _read(connection: Connection, head: int) -> Reference:
    tables: dict[str, dict[str, Fields]] = {name: {} for name in TYPES}
    for record in register.of_types(TYPES, connection):
        tables[record.type][record.id] = record.fields
    return Reference(head, *(tables[name] for name in TYPES))


def _code_entry(fields: Fields) -> codes.Entry:
    label = {"ru": fields.get("label_ru", ""), "en": fields.get("label_en") or fields.get("label_ru", "")}
    dates = {"from": fields.get("date_from"), "to": fields.get("date_to")}
    return {"value": fields.get("value", ""), "label": label} | dates
