"""A tablet's token: how it is made, and how it is changed without ever locking a tablet out.

A new token is derived from the present one under our secret. It is told in the answers to `/sync` until the tablet has
used it once; from then on the old one is worth nothing. So a lost answer loses no token, and a copy of a tablet that
was taken long ago opens nothing.

Beside it a tablet has a push token, which it can hold outside its locked store: with it one hands in and reads nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import or_, select, update

from server import audit, clock, journal
from server.db import reading, writing
from server.models import Device

PUSH = "vp_"


def first(code: str, device: str) -> str:
    """The token of an enrolment: the same for the same code and device."""
    return _made(f"{code}:{device}")


def hashed(token: str) -> str:
    """A token or a code as it is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner(token: str) -> Any:
    """The row of the device that a token belongs to, or None; a new token that is used takes the old one's place."""
    found = hashed(token)
    query = select(Device.__table__).where(or_(Device.token_hash == found, Device.next_token_hash == found))
    with reading() as connection:
        row = connection.execute(query).first()
    if row is not None and row.next_token_hash == found:
        _take_up(row)
    return row


def to_push(device: str) -> str:
    """A device's push token."""
    return f"{PUSH}{device}.{_push_mac(device)}"


def pusher(token: str) -> Any:
    """The row of the device that a push token belongs to, or None."""
    device, _, mac = token.removeprefix(PUSH).partition(".")
    if not (token.startswith(PUSH) and hmac.compare_digest(mac.encode(), _push_mac(device).encode())):
        return None
    with reading() as connection:
        return connection.execute(select(Device.__table__).where(Device.id == device)).first()


def _push_mac(device: str) -> str:
    return str(current_app.extensions["vyezd.keys"].mac("push", device.encode()).hex())


def change(device: str) -> None:
    """Has a tablet's token changed at its next contact, whatever its age."""
    with writing() as connection:
        held = connection.scalar(select(Device.token_hash).where(Device.id == device))
        coming = hashed(_after(device, held or ""))
        connection.execute(update(Device).where(Device.id == device).values(next_token_hash=coming))


def offer(row: Any, now: int) -> str | None:
    """The token that a tablet (its row) is to use from now on; None while its own will do."""
    coming = _after(row.id, row.token_hash)
    if row.next_token_hash == hashed(coming):
        return coming
    days = current_app.config["VYEZD"].token_days
    if now - (row.token_at or row.enrolled_at) < timedelta(days=days).total_seconds() * 1000:
        return None
    change(row.id)
    return coming


def _take_up(row: Any) -> None:
    now = clock.now()
    journal.token(row.id, row.next_token_hash, now)
    taken = {"token_hash": row.next_token_hash, "next_token_hash": None, "token_at": now}
    with writing() as connection:
        connection.execute(update(Device).where(Device.next_token_hash == row.next_token_hash).values(**taken))
    audit.record("token", who=row.id, subject=row.id)


def _after(device: str, token_hash: str) -> str:
    return _made(f"{device}:after:{token_hash}")


def _made(of: str) -> str:
    return "vt_" + str(current_app.extensions["vyezd.keys"].mac("token", of.encode()).hex())
