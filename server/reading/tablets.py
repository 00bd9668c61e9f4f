"""The tablets: when each was last here, what it still holds, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from server import reference, silence
from server.db import reading
from server.models import Device, Op
from server.reading import kept
from server.reading.reach import Reach


@dataclass(frozen=True, slots=True)
class Tablet:
    """Times are Unix ms. ``team``: its name. ``outbox`` and ``photos``: what it said it had not sent.

    ``mending``: how many of its ops are quarantined; ``stored``: how many wait for the office to place
    them, proposals aside. ``workers``: (name, phone) of its team. ``erase``: it is to erase itself unsent work or not.
    """

    id: str
    name: str
    platform: str | None
    team_id: str | None
    team: str | None
    enrolled_at: int
    last_contact: int | None
    lease_until: int | None
    skew_ms: int | None
    forked: bool
    diverged_at: int | None
    revoked_at: int | None
    drained_at: int | None
    erase: bool
    token_at: int
    is_changing_token: bool
    workers: tuple[tuple[str, str | None], ...]
    outbox: int | None
    photos: int | None
    battery: int | None
    app: str | None
    mending: int
    stored: int
    silent: bool

    @property
    def is_well(self) -> bool:
        """Nothing about it wants attention."""
        trouble = (self.silent, self.forked, self.skew_ms, self.diverged_at, self.mending, self.stored)
        return not any(trouble) and not self.revoked_at


def tablets(reach: Reach, now: int) -> list[Tablet]:
    """Every tablet within reach: those in use first, the longest silent on top; then the revoked."""
    query = select(Device.__table__).where(Device.kind == "tablet", reach.team(Device.team))
    with reading() as connection:
        counts = _counts(reach, connection)
        known = reference.current(connection)
        found = [_tablet(row, counts, known.teams, now) for row in connection.execute(query)]
    return sorted(found, key=lambda each: (bool(each.revoked_at), each.last_contact or 0, each.name))


def find(id: str, reach: Reach, now: int) -> Tablet | None:
    """One tablet, None where there is none within reach."""
    return next((each for each in tablets(reach, now) if each.id == id), None)


def _workers(team: str | None) -> tuple[tuple[str, str | None], ...]:
    known = reference.current()
    people = [known.workers[id] for id in known.workers_of(team)] if team else []
    return tuple((str(each.get("name", "")), each.get("phone")) for each in people)


def _counts(reach: Reach, connection: Connection) -> dict[tuple[str, str], int]:
    """As many as the list has that the number leads to."""
    op = Op.__table__.c
    query = kept.narrowed(select(op.device, op.state, func.count()), reach).group_by(op.device, op.state)
    return {(device, state): count for device, state, count in connection.execute(query)}


def _tablet(row: Any, counts: dict[tuple[str, str], int], teams: dict[str, Any], now: int) -> Tablet:
    status = orjson.loads(row.status)
    seen = row.last_contact or row.enrolled_at
    return Tablet(
        id=row.id,
        name=row.name,
        platform=row.platform,
        team_id=row.team,
        team=teams.get(row.team, {}).get("name"),
        enrolled_at=row.enrolled_at,
        last_contact=row.last_contact,
        lease_until=row.lease_until,
        skew_ms=row.skew_ms,
        forked=row.forked,
        diverged_at=row.diverged_at,
        revoked_at=row.revoked_at,
        drained_at=row.drained_at,
        erase=row.erase,
        token_at=row.token_at or row.enrolled_at,
        is_changing_token=row.next_token_hash is not None,
        workers=_workers(row.team),
        outbox=status.get("outbox"),
        photos=status.get("photos_waiting"),
        battery=status.get("battery"),
        app=status.get("app"),
        mending=counts.get((row.id, "quarantined"), 0),
        stored=counts.get((row.id, "stored"), 0),
        silent=not row.revoked_at and now - seen > silence.after_ms(),
    )
