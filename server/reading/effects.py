"""What a decision will change, told before it is taken: what the record shows then, which tablets hear of it, which
of them gain or lose the record where its territory is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from server import reference
from server.db import reading
from server.models import Device, Placement
from server.reading.disputes import Dispute
from server.shields import CASE_PREFIX


@dataclass(frozen=True, slots=True)
class Effect:
    """Of one candidate. ``stays``: the record shows it already. Names of tablets: ``hear`` of it, ``gain`` the record,
    ``lose`` it."""

    stays: bool
    hear: list[str]
    gain: list[str] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)


def effects(dispute: Dispute) -> dict[str, Effect]:
    """The op of each candidate → its effect."""
    with reading() as connection:
        known, tablets = reference.current(connection), _tablets(connection)
        feeds = _feeds(dispute.record.id, connection)
    reads = {name: known.feeds_of_team(team) for name, team in tablets}
    now = {name for name, scope in reads.items() if not scope.isdisjoint(feeds)}
    moves = (dispute.record.type, dispute.field) == ("family", "territory") and not _is_apart(feeds)
    return {
        each.op: _effect(dispute, each.value, now, _readers(reads, [each.value]) if moves else now)
        for each in dispute.candidates
    }


def _effect(dispute: Dispute, value: Any, now: set[str], then: set[str]) -> Effect:
    return Effect(value == dispute.value, sorted(now & then), sorted(then - now), sorted(now - then))


def _readers(reads: dict[str, frozenset[str]], feeds: Iterable[str]) -> set[str]:
    return {name for name, scope in reads.items() if not scope.isdisjoint(feeds)}


def _tablets(connection: Connection) -> list[tuple[str, str]]:
    """(name, team) of those in use."""
    query = select(Device.name, Device.team).where(Device.kind == "tablet", Device.revoked_at.is_(None))
    return [(row.name, row.team) for row in connection.execute(query)]


def _feeds(record: str, connection: Connection) -> set[str]:
    query = select(Placement.feed).where(Placement.record == record, Placement.gone.is_(False))
    return set(connection.scalars(query))


def _is_apart(feeds: Iterable[str]) -> bool:
    return any(feed.startswith(CASE_PREFIX) for feed in feeds)
