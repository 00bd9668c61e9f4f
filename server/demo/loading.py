"""Loads a demonstration into an empty database, with its office accounts; a production database refuses
it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from server import authors, database, office, people, reference
from server.db import reading
from server.demo import doubles, region
from server.demo.families import make_families
from server.demo.people import People
from server.demo.places import TEAMS, make_teams
from server.demo.script import Script, day_begins
from server.demo.trips import make_trips
from server.models import User
from server.office import Change
from server.settings import Settings

ACCOUNTS = "demo-accounts.json"
SIZES = ("small", "district", "region")
SMALL_OPS = 1_500  # about
OPS_A_FAMILY = 9.2  # about, for the progress bar alone

Progress = Callable[[int, int], object]
NAME = "demo"  # of the virtual device that a demonstration is written by


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


def load(
    settings: Settings, size: str, seed: int, today: date, progress: Progress = lambda done, whole: None
) -> Loaded:
    """Loads a `small` one, a `district` or a `region`, once; a second call changes nothing.

    ``progress`` is told how many ops are done and about how many there will be. Raises Production, NotEmpty.
    """
    if _is_production(settings):
        raise Production
    file = settings.data / ACCOUNTS
    if file.exists():
        return Loaded(False, 0, [Account(**each) for each in json.loads(file.read_text())], _team_codes())
    with reading() as connection:
        if not database.is_empty(connection):
            raise NotEmpty
    done = _write(settings, size, seed, today, progress)
    accounts = _add_accounts(seed, today)
    _keep(file, accounts)
    return Loaded(True, done, accounts, _team_codes())


def _team_codes() -> list[str]:
    reference.forget()
    return sorted(str(team["code"]) for team in reference.current().teams.values())


def _write(settings: Settings, size: str, seed: int, today: date, progress: Progress) -> int:
    """Writes a demonstration through the gate, and for a region its duplicates into a file. Returns how many ops."""
    if size == "small":
        changes = write_script(seed, today, settings.timezone).changes
        places = [each for each in changes if each.type in reference.TYPES]  # where matters of the others are put
        others = [each for each in changes if each.type not in reference.TYPES]
        return sum(_pour(iter(part), settings, today, SMALL_OPS, progress) for part in (places, others))
    planned = region.plan(size)
    with doubles.file(settings.data / doubles.FILE, seed) as aside:
        stream = region.changes(planned, seed, today, settings.timezone, aside)
        return _pour(stream, settings, today, round(planned.size.families * OPS_A_FAMILY), progress)


def _pour(stream: Iterator[Change], settings: Settings, today: date, whole: int, progress: Progress) -> int:
    """All of it was received as today began, so that no stamp lies in the future."""
    done = 0
    for results in office.pour(authors.importer(NAME), stream, day_begins(today, settings.timezone)):
        if wrong := next((result for result in results if result.outcome != "applied"), None):
            raise RuntimeError(f"an op of the demonstration was {wrong.outcome}: {wrong.errors}")
        done += len(results)
        progress(done, whole)
    return done


def write_script(seed: int, today: date, zone: ZoneInfo) -> Script:
    """The whole demonstration, small: sixty families around three teams. Pure: nothing is written to a
    database."""
    script = Script(seed, today, zone)
    people = People(script.chance, today)
    teams = make_teams(script, people, TEAMS)
    make_trips(script, teams, make_families(script, people, teams))
    return script


def _is_production(settings: Settings) -> bool:
    if settings.production:
        return True
    with reading() as connection:
        return connection.scalar(select(User.id).where(User.demo.is_(False)).limit(1)) is not None


def has_accounts() -> bool:
    """Whether this database holds accounts of a demonstration, whose passwords others know."""
    with reading() as connection:
        return connection.scalar(select(User.id).where(User.demo.is_(True)).limit(1)) is not None


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
