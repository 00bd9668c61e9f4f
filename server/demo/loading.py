"""Loads a demonstration into an empty database, with its office accounts; a production database refuses
it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from server import authors, database, office, people
from server.db import reading
from server.demo.families import make_families
from server.demo.people import People
from server.demo.places import TEAMS, make_teams
from server.demo.script import Script
from server.demo.trips import make_trips
from server.models import User
from server.settings import Settings

ACCOUNTS = "demo-accounts.json"


class Production(RuntimeError):
    """This database works for real people: no demonstration may come into it."""


class NotEmpty(RuntimeError):
    """There are records already, and they are no demonstration."""


@dataclass(frozen=True, slots=True)
class Account:
    """An office account. The first password is random and is written down nowhere but here."""

    login: str
    role: str
    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """``fresh`` is False when the demonstration was there already. ``ops`` were written now."""

    fresh: bool
    ops: int
    accounts: list[Account]
    teams: list[str]


def load(settings: Settings, seed: int, today: date) -> Loaded:
    """Loads it once; a second call changes nothing. Raises Production, NotEmpty."""
    if _is_production():
        raise Production
    codes = [code for code, *_ in TEAMS]
    file = settings.data / ACCOUNTS
    if file.exists():
        return Loaded(False, 0, [Account(**each) for each in json.loads(file.read_text())], codes)
    with reading() as connection:
        if not database.is_empty(connection):
            raise NotEmpty
    script = write_script(seed, today, settings.timezone)
    office.write(authors.importer("demo"), script.changes, script.end)
    accounts = _add_accounts(seed, today)
    _keep(file, accounts)
    return Loaded(True, len(script.changes), accounts, codes)


def write_script(seed: int, today: date, zone: ZoneInfo) -> Script:
    """The whole demonstration, small: sixty families around three teams. Pure: nothing is written to a
    database."""
    script = Script(seed, today, zone)
    people = People(script.chance, today)
    teams = make_teams(script, people)
    make_trips(script, teams, make_families(script, people, teams))
    return script


def _is_production() -> bool:
    if os.environ.get("VYEZD_PRODUCTION") == "1":
        return True
    with reading() as connection:
        return connection.scalar(select(User.id).where(User.demo.is_(False)).limit(1)) is not None


def _add_accounts(seed: int, today: date) -> list[Account]:
    names = People(Script(seed, today, ZoneInfo("UTC")).chance, today)
    return [_add_account(role, names.adult("female").full_name) for role in (people.OFFICER, people.ADMIN)]


def _add_account(role: str, name: str) -> Account:
    password = people.add_user(role, name, role, demo=True)
    return Account(role, role, name, password)


def _keep(file: Path, accounts: list[Account]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump([asdict(account) for account in accounts], opened, ensure_ascii=False, indent=2)
