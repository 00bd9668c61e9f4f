"""The script of a demonstration: ops in the order in which they happen, made from one seed.

Ids, op ids and stamps come from the seed and from the moments of the script, so the same seed and date give
the same ops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from schemas import registry
from schemas.clock import pack
from schemas.ids import new_id
from server.office import Change

Choice = TypeVar("Choice")


class Script:
    """Collects the changes. ``today`` is the day on which the demonstration is shown; all of it lies before
    that day."""

    def __init__(self, seed: int, today: date, zone: ZoneInfo) -> None:
        self.chance = Random(seed)
        self.today = today
        self.zone = zone
        self.changes: list[Change] = []
        self._count = 0
        self._revs: Counter[str] = Counter()

    def moment(self, days_ago: int, hour: int = 9, minute: int = 0) -> datetime:
        """A local time some days before today (after it, when negative)."""
        day = self.today - timedelta(days=days_ago)
        return datetime.combine(day, time(hour, minute), self.zone)

    def make_id(self, moment: datetime) -> str:
        """A UUIDv7 of a moment, from the seed."""
        return self._id(_ms(moment))

    def _id(self, ms: int) -> str:
        return new_id(ms, self.chance.getrandbits)

    def write(self, moment: datetime, type: str, id: str | None = None, by: str | None = None, **values: Any) -> str:
        """One op: the values (None and empty ones left out) of a new or known record. Returns the record's
        id."""
        id = id or self.make_id(moment)
        known = {name: value for name, value in values.items() if value not in (None, [], ())}
        parts = registry.types()[type].write(known)
        self.take(moment, Change(type, id, set=parts.get("set", {}), add=parts.get("add", {}), by=by))
        return id

    def take(self, moment: datetime, change: Change) -> None:
        """Puts a change into the script: its op id and stamp are made here, its base is all that happened
        before."""
        base = self._revs[change.id]
        self._revs[change.id] += 1
        ms = _ms(moment)
        stamp = pack(ms, self._count % (1 << 16))
        self._count += 1
        self.changes.append(replace(change, op=self._id(ms), at=stamp, base=base))

    def drain(self) -> list[Change]:
        """Takes out what has been collected: a long script is written in parts."""
        taken, self.changes = self.changes, []
        return taken

    def forget(self) -> None:
        """Forgets which records there are: nothing more will be written to them."""
        self._revs.clear()

    def happens(self, likelihood: float) -> bool:
        """True as often as the likelihood (0…1) says."""
        return self.chance.random() < likelihood

    def some(self, values: Sequence[Choice], most: int) -> list[Choice]:
        """One to ``most`` of the values, each once."""
        return self.chance.sample(values, self.chance.randint(1, most))


def day_begins(day: date, zone: ZoneInfo) -> int:
    """The first moment of a local day, Unix ms."""
    return _ms(datetime.combine(day, time(), zone))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
