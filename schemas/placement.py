"""Feed rules: where a record of a type sits, so that a tablet which reads that feed receives it.

A feed is a territory record's id, `team:ID`, `case:ID` or `reference` (protocol, section 2). Each rule below is data;
the server resolves it against the merged records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REFERENCE = "reference"
TEAM_PREFIX = "team:"
CASE_PREFIX = "case:"


@dataclass(frozen=True, slots=True)
class Reference:
    """In the feed `reference`, which every tablet reads and only the office writes."""


@dataclass(frozen=True, slots=True)
class InTerritory:
    """In the feed of the territory that the ref `field` names; while the field `shield` is true, apart (below)."""

    field: str
    shield: str | None = None


@dataclass(frozen=True, slots=True)
class InTeam:
    """In the feed of the team that the ref `field` names."""

    field: str


@dataclass(frozen=True, slots=True)
class WithParent:
    """Wherever the record that the ref `field` names sits; where it names none, the one of `instead` that does; until
    then, in the op's `feed`."""

    field: str
    instead: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The refs in the order in which they count."""
        return (self.field, *self.instead)

    def among(self, fields: Mapping[str, Any]) -> str:
        """The ref that decides where a record with these fields sits."""
        if not self.instead or fields.get(self.field):
            return self.field
        return next((name for name in self.instead if fields.get(name)), self.field)


@dataclass(frozen=True, slots=True)
class Carried:
    """Wherever the records that carry it sit (a person: its memberships); until then, in the op's `feed`."""


@dataclass(frozen=True, slots=True)
class Apart:
    """In a feed of its own, `case:ID`, which only those read who are named in its `shield_people`."""


FeedRule = Apart | Reference | InTerritory | InTeam | WithParent | Carried
