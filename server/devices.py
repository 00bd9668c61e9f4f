"""Tablets: one-time codes, enrolment, tokens, contact, revocation.

Codes and tokens are stored hashed. A token is derived from the code and the device under our secret, so that a tablet
whose answer was lost gets the same one when it repeats its enrolment before the code expires.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import Connection, insert, select, update

from schemas.clock import unpack
from schemas.ids import new_id
from server import clock, journal, reference, shields, trips
from server.authors import Author
from server.db import reading, writing
from server.inbox import Entry
from server.models import Device, EnrolmentCode
from server.settings import Settings

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 10
SKEW_TOLERATED_MS = 60_000


class BadCode(ValueError):
    """The code is unknown, has expired, or was used by another tablet. Which of these is not told."""


class UnknownTeam(ValueError):
    """There is no such team."""


class UnknownDevice(ValueError):
    """There is no such tablet."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """``token`` is told to the tablet once and kept by nobody else."""

    device: str
    token: str
    team: str
    lease_until: int


def new_code(team: str, created_by: str | None = None) -> tuple[str, int]:
    """A one-time code for a team, as ``XXXXX-XXXXX``, and when it expires (Unix ms). Raises UnknownTeam."""
    if team not in reference.current().teams:
        raise UnknownTeam(team)
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    now = clock.now()
    expires = now + int(timedelta(hours=_settings().code_hours).total_seconds() * 1000)
    row = {"code_hash": _hash(code), "team": team, "created_at": now, "expires_at": expires, "created_by": created_by}
    with writing() as connection:
        connection.execute(insert(EnrolmentCode), row)
    return f"{code[:5]}-{code[5:]}", expires


def enroll(code: str, name: str, platform: str | None, public_key: str) -> Enrolled:
    """Trades a code for a device and its token; the same code and key give the same device. Raises BadCode."""
    code = _plain(code)
    now = clock.now()
    with writing() as connection:
        known = _code(connection, code)
        if known is None or known.expires_at <= now or (known.device and known.public_key != public_key):
            raise BadCode
        device = known.device or new_id(now)
        token = _token(code, device)
        lease = lease_from(now)
        if known.device is None:
            _make(connection, known, device, token, name, platform, public_key, now, lease)
        return Enrolled(device, token, known.team, lease)


def _code(connection: Connection, code: str) -> Any:
    query = select(
        EnrolmentCode.code_hash,
        EnrolmentCode.team,
        EnrolmentCode.expires_at,
        EnrolmentCode.device,
        EnrolmentCode.public_key,
    )
    return connection.execute(query.where(EnrolmentCode.code_hash == _hash(code)).with_for_update()).first()


def _make(
    connection: Connection,
    known: Any,
    device: str,
    token: str,
    name: str,
    platform: str | None,
    key: str,
    now: int,
    lease: int,
) -> None:
    row = {
        "id": device, "kind": "tablet", "team": known.team, "name": name, "platform": platform,
        "token_hash": _hash(token),
        "public_key": key, "enrolled_at": now, "lease_until": lease, "seq": 0, "forked": False, "status": "{}",
    }  # fmt: skip
    journal.enrolled(row)
    connection.execute(insert(Device), row)
    used = {"device": device, "public_key": key}
    connection.execute(update(EnrolmentCode).where(EnrolmentCode.code_hash == known.code_hash).values(**used))


def by_token(token: str) -> Any:
    """The row of the device that a token belongs to, or None. Revoked devices are found too: they may still push."""
    with reading() as connection:
        return connection.execute(select(Device.__table__).where(Device.token_hash == _hash(token))).first()


def author(device: Any) -> Author:
    """The author behind a tablet's row, with its scope as it is now: its team's, what confirmed trips add, and what it
    is named for."""
    own = reference.current().feeds_of_team(device.team)
    return Author(
        device=device.id,
        kind="tablet",
        team=device.team,
        scope=own | trips.confirmed_feeds(device.team, clock.now()) | shields.feeds_of(device.id),
        enrolled_at=device.enrolled_at,
        forked=device.forked,
        revoked=device.revoked_at is not None,
    )


def author_of(device_id: str) -> Author:
    """The author behind any device, for ops that are processed later. Raises UnknownDevice."""
    with reading() as connection:
        row = connection.execute(select(Device.__table__).where(Device.id == device_id)).first()
    if row is None:
        raise UnknownDevice(device_id)
    return author(row) if row.kind == "tablet" else Author(row.id, row.kind)


def contact(device_id: str, status: dict[str, Any], now: int) -> Any:
    """Notes that a tablet was here and what it said of itself; renews its lease. Returns its row as it is now."""
    values = {"last_contact": now, "lease_until": lease_from(now)} | (
        {"status": orjson.dumps(status).decode()} if status else {}
    )
    with writing() as connection:
        connection.execute(update(Device).where(Device.id == device_id).values(**values))
        return connection.execute(select(Device.__table__).where(Device.id == device_id)).one()


def lease_from(now: int) -> int:
    """When a lease that begins now ends: Unix ms."""
    return now + int(timedelta(days=_settings().lease_days).total_seconds() * 1000)


def note_skew(connection: Connection, author: Author, entries: Sequence[Entry], now: int) -> None:
    """Flags a device whose stamps come from the future with its measured skew (ms)."""
    sent = max((entry.head.at for entry in entries if entry.head and entry.head.at > entry.at), default=None)
    if sent is not None and (skew := unpack(sent)[0] - now) > SKEW_TOLERATED_MS:
        connection.execute(update(Device).where(Device.id == author.device).values(skew_ms=skew))


def tablets() -> list[dict[str, Any]]:
    """Every tablet, latest contact first, never contacted last."""
    query = select(Device.__table__).where(Device.kind == "tablet")
    with reading() as connection:
        rows = [dict(row._mapping) for row in connection.execute(query)]
    for row in rows:
        del row["token_hash"]
        row["status"] = orjson.loads(row["status"])
    return sorted(rows, key=lambda row: row["last_contact"] or 0, reverse=True)


def revoke(device_id: str) -> None:
    """Takes a tablet's trust away at once: it may still push what it holds, and reads nothing. Raises UnknownDevice."""
    now = clock.now()
    gone = update(Device).where(Device.id == device_id, Device.kind == "tablet").values(revoked_at=now)
    with writing() as connection:
        if connection.execute(gone).rowcount == 0:
            raise UnknownDevice(device_id)
        journal.revoked(device_id, now)


def _token(code: str, device: str) -> str:
    return "vt_" + current_app.extensions["vyezd.keys"].mac("token", f"{code}:{device}".encode()).hex()


def _plain(code: str) -> str:
    """A code as it was made, however it was typed: without hyphens and spaces, in capitals."""
    return "".join(sign for sign in code.upper() if sign in ALPHABET)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _settings() -> Settings:
    return current_app.config["VYEZD"]
