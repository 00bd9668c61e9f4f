"""Who wrote an op: the person, how to phone them, the tablet they wrote on. In bulk, one query for many ops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from server import reference
from server.history import Writer
from server.inbox import chunks
from server.models import Device, Op, User


def of_ops(ops: Iterable[str], connection: Connection) -> dict[str, Writer]:
    """Op id → who wrote it. Where the tablet did not say, it is the tablet; the phone is then the team's."""
    reference.current(connection)
    query = select(Op.op, Op.by, Device.kind, Device.name, Device.team, User.name.label("person"), User.phone)
    query = query.join(Device, Device.id == Op.device).outerjoin(User, User.id == Device.user)
    rows = (row for part in chunks(sorted(set(ops))) for row in connection.execute(query.where(Op.op.in_(part))))
    return {row.op: _writer(row) for row in rows}


def tablets_of(ops: Iterable[str], connection: Connection) -> set[str]:
    """The ids of the tablets that wrote these ops."""
    query = select(Op.device).join(Device, Device.id == Op.device).where(Device.kind == "tablet")
    return {id for part in chunks(sorted(set(ops))) for id in connection.scalars(query.where(Op.op.in_(part)))}


def _writer(row: Any) -> Writer:
    known = reference.current()
    worker, team = known.workers.get(row.by or "", {}), known.teams.get(row.team or "", {})
    name = worker.get("name") or row.person or row.name
    phone = worker.get("phone") or row.phone or team.get("phone")
    return Writer(name, phone, team.get("name"), row.name, row.kind)
