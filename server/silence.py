"""Tablets that have fallen silent: an entry for people opens when one was not in touch for long, and closes when it is.

A silent tablet is a trip gone wrong, a tablet that was lost, or one that nobody needs: a person finds out which.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import Connection, func, select

from server import attention, clock, reference
from server.db import writing
from server.models import Attention, Device
from server.reference import Reference

KIND, ABOUT = "silent", "device"


def after_ms() -> int:
    """How long a tablet may be away, ms."""
    days: int = current_app.config["VYEZD"].silent_days
    return int(timedelta(days=days).total_seconds() * 1000)


def watch() -> int:
    """Opens an entry for each tablet in use that has been silent for too long. Returns how many are."""
    now = clock.now()
    seen = func.coalesce(Device.last_contact, Device.enrolled_at)
    query = select(Device.id, Device.name, Device.team, seen.label("seen"))
    query = query.where(Device.kind == "tablet", Device.revoked_at.is_(None), seen < now - after_ms())
    with writing() as connection:
        known = set(connection.scalars(select(Attention.key).where(Attention.kind == KIND, Attention.state == "open")))
        current = reference.current(connection)
        rows = [_row(row, current, now) for row in connection.execute(query)]
        attention.put(connection, [row for row in rows if row["key"] not in known])
    return len(rows)


def end(connection: Connection, device: str, now: int) -> None:
    """The tablet was in touch, or is no longer in use."""
    attention.close(connection, _key(device), None, now)


def _row(row: Any, known: Reference, now: int) -> dict[str, Any]:
    places = sorted(known.teams.get(row.team, {}).get("territories") or [])
    territory = next(iter(places), None)
    return {
        "key": _key(row.id),
        "kind": KIND,
        "type": ABOUT,
        "record": row.id,
        "field": None,
        "territory": territory,
        "district": known.district_of(territory) if territory else None,
        "detail": orjson.dumps({"since": row.seen, "name": row.name}).decode(),
        "state": "open",
        "opened_at": now,
    }


def _key(device: str) -> str:
    return f"{KIND}:{device}"
