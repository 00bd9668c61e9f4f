"""Tablets: one-time codes, enrolment, contact, revocation.

Codes and tokens are stored hashed. A token (tokens.py) is derived from the code and the device under our secret, so
that a tablet whose answer was lost gets the same one when it repeats its enrolment before the code expires.

Revocation has two stages: a revoked tablet reads nothing and may still hand over what it holds; when it says that
nothing is left (*drained*) it is told that we heard it, and erases itself. Or it is to erase itself at once.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import Connection, insert, or_, select, update

from schemas.clock import unpack
from schemas.ids import new_id
from server import audit, clock, journal, reference, shields, silence, tokens, trips
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
    row: dict[str, Any] = {"code_hash": tokens.hashed(code), "team": team, "created_by": created_by}
    row |= {"created_at": now, "expires_at": expires}
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
        token = tokens.first(code, device)
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
    return connection.execute(query.where(EnrolmentCode.code_hash == tokens.hashed(code)).with_for_update()).first()


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
        "token_hash": tokens.hashed(token), "token_at": now,
        "public_key": key, "enrolled_at": now, "lease_until": lease, "seq": 0, "forked": False, "status": "{}",
    }  # fmt: skip
    journal.enrolled(row)
    connection.execute(insert(Device), row)
    used = {"device": device, "public_key": key}
    connection.execute(update(EnrolmentCode).where(EnrolmentCode.code_hash == known.code_hash).values(**used))


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
    """Notes that a tablet was here and what it said of itself; renews its lease, unless it is revoked. Returns its row
    as it is now."""
    values = {"last_contact": now} | ({"status": json.dumps(status)} if status else {})
    mine = update(Device).where(Device.id == device_id)
    with writing() as connection:
        connection.execute(mine.values(**values))
        connection.execute(mine.where(Device.revoked_at.is_(None)).values(lease_until=lease_from(now)))
        silence.end(connection, device_id, now)
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
        del row["token_hash"], row["next_token_hash"]
        row["status"] = orjson.loads(row["status"])
    return sorted(rows, key=lambda row: row["last_contact"] or 0, reverse=True)


def revoke(device_id: str, who: str = audit.OPERATOR, reason: str | None = None, erase: bool = False) -> None:
    """Takes a tablet's trust away at once and for good, under all its enrolments (they share a key).

    ``erase``: it is not to hand over first what it has not sent, which is lost then. Raises UnknownDevice.
    """
    now = clock.now()
    with writing() as connection:
        mine = _enrolments(connection, device_id)
        for id in mine:
            journal.revoked(id, now, erase)
            silence.end(connection, id, now)
        fresh = update(Device).where(Device.id.in_(mine), Device.revoked_at.is_(None))
        connection.execute(fresh.values(revoked_at=now, lease_until=now))
        if erase:
            connection.execute(update(Device).where(Device.id.in_(mine)).values(erase=True))
    audit.record("revoke", who=who, subject=device_id, reason=reason, erase=erase, enrolments=mine)


def _enrolments(connection: Connection, device_id: str) -> list[str]:
    """This device and those that the same tablet was before. Raises UnknownDevice."""
    found = connection.execute(select(Device.public_key).where(Device.id == device_id, Device.kind == "tablet")).first()
    if found is None:
        raise UnknownDevice(device_id)
    same = or_(Device.id == device_id, Device.public_key == found.public_key)
    return list(connection.scalars(select(Device.id).where(Device.kind == "tablet", same).order_by(Device.id)))


def drain(device_id: str, now: int) -> None:
    """A revoked tablet says that it has handed over all it held."""
    said = update(Device).where(Device.id == device_id, Device.revoked_at.is_not(None), Device.drained_at.is_(None))
    with writing() as connection:
        if connection.execute(said.values(drained_at=now)).rowcount:
            audit.record("drained", who=device_id, subject=device_id)


def _plain(code: str) -> str:
    """A code as it was made, however it was typed: without hyphens and spaces, in capitals."""
    return "".join(sign for sign in code.upper() if sign in ALPHABET)


def _settings() -> Settings:
    return current_app.config["VYEZD"]
