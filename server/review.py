"""The office's word on what a specialist signed: accepted, or returned with a remark, a day and a phone.

It reaches the tablet that signed as a notice with its next answer, and the record itself with its next pull; a return
opens the record for its author again (sync/signing.py), and her next signature submits it anew.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

import sync
from server import notices
from server.models import Device
from server.register import Held, Register

KINDS = ("returned", "accepted")
REMARK, DUE, PHONE = "review_remark", "review_due", "review_phone"


def notify(connection: Connection, register: Register, now: int) -> None:
    """Leaves a notice for each verdict that this transaction brought and that stands."""
    for held in register.dirty:
        signing = held.shape.signing
        if signing and (verdict := _verdict(held, signing.review)):
            for device in _devices(connection, held):
                notices.leave(connection, device, verdict, _text(held), held.id, now, held.fields.get(DUE))


def _verdict(held: Held, review: str) -> str | None:
    """What the office said in this transaction, if the record still says so."""
    said = [op.set[review]["to"] for op, _, _ in held.merged if op.office and op.set.get(review)]
    stands = said and said[-1] == held.fields.get(review)
    return said[-1] if stands and said[-1] in KINDS else None


def _text(held: Held) -> str:
    """The remark, and whom to call."""
    if held.fields.get("review_state") != "returned":
        return ""
    return " ".join(filter(None, (held.fields.get(REMARK), held.fields.get(PHONE))))


def _devices(connection: Connection, held: Held) -> list[str]:
    """The tablet that signed last, or wrote the record first; once that is revoked, the tablets of its team."""
    assert held.record is not None
    author = _author(held.record)
    query = select(Device.id, Device.kind, Device.team, Device.revoked_at)
    row: Any = connection.execute(query.where(Device.id == author)).one_or_none()
    if row is None or row.kind != "tablet":
        return []
    if row.revoked_at is None:
        return [row.id]
    active = select(Device.id).where(Device.team == row.team, Device.kind == "tablet", Device.revoked_at.is_(None))
    return list(connection.scalars(active.order_by(Device.id)))


def _author(record: sync.Record) -> str:
    """The device of the last signature by a tablet, else the one that made the record."""
    signatures = [mark for mark, is_signature in record.marks if is_signature and not mark.office]
    return max(signatures, key=lambda mark: mark.order).device if signatures else record.main.device
