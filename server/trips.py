"""Trips that widen a scope: while a trip lasts, and a lease longer, its tablets read the territories that the office
has confirmed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import select

from server import projections, reference, register
from server.db import reading


def confirmed_feeds(team: str | None, now: int) -> frozenset[str]:
    """The territories of a team's present trips that the office has confirmed, with all below them. ``now``: Unix
    ms."""
    with reading() as connection:
        trip = projections.table("trip")
        query = select(trip.c.record).where(trip.c.team == team, trip.c.date_to >= since(now))
        trips = register.fetch(connection.scalars(query), connection).values()
    fields = [each.fields for each in trips if each.fields.get("status") != "cancelled"]
    confirmed = {place for each in fields for place in each.get("confirmed_territories") or ()}
    return frozenset().union(*(reference.current().within(place) for place in confirmed))


def since(now: int) -> str:
    """The earliest last day of a trip that still counts, ISO date. ``now``: Unix ms."""
    lease = timedelta(days=current_app.config["VYEZD"].lease_days)
    return (datetime.fromtimestamp(now / 1000, UTC) - lease).date().isoformat()
