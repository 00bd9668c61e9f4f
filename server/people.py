"""The office's people: their accounts, roles and places, and the author each of them writes as.

Nobody registers: an administrator of the region adds people (the first one is added by `vyezd user add`), hands each a
random one-time password and resets what was forgotten. How they sign in is in signin.py. Every change is in the audit.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_security import hash_password
from sqlalchemy import Connection, delete, func, insert, select, update

from schemas.ids import new_id
from server import audit, authors, clock, reference
from server.db import db, reading, writing
from server.models import Role, User, role_names, user_role
from server.roles import ADMIN, BOUNDED, DESCRIPTIONS, OFFICER, ROLES, WITHOUT_PLACE, Right, rights_of

__all__ = ["ADMIN", "OFFICER", "ROLES", "Person", "add_user", "author", "list_users"]
PASSWORD_LENGTH = 10
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no look-alikes: passwords are dictated by phone


@dataclass(frozen=True, slots=True)
class Person:
    """An account. ``territories`` and ``teams``: ids of what the person works for, both empty for everything.

    ``last_seen`` and ``one_time_until`` (the password is a one-time one): Unix ms. ``has_code``: signs in with a second
    factor. ``acting_for``: the name of whom the person substitutes just now, with that one's roles and places.
    """

    id: str
    login: str
    name: str
    phone: str | None
    roles: frozenset[str]
    territories: frozenset[str]
    teams: frozenset[str]
    active: bool
    last_seen: int | None
    one_time_until: int | None
    has_code: bool
    acting_for: str | None = None

    def may(self, right: str) -> bool:
        """Whether a role of this person has a right."""
        return right in rights_of(self.roles)

    @property
    def is_unbounded(self) -> bool:
        """No territory or team bounds this person."""
        return not self.territories and not self.teams


class UnknownRole(ValueError):
    """There is no such role; the message is its name."""


class UnknownPerson(ValueError):
    """There is no such account; the message is its login or id."""


class LoginTaken(ValueError):
    """Another account has this e-mail address or login; the message is it."""


class NoPlace(ValueError):
    """The role is never given without a territory or a team; the message is the role."""


class NotYours(ValueError):
    """An administrator of some territories keeps the accounts of these territories alone."""


class LastAdmin(ValueError):
    """Nobody would be left who keeps the accounts of the whole region."""


def login_name(text: str | None) -> str:
    """An e-mail address or login as it is stored and compared."""
    return (text or "").strip().casefold()


def author(person: Person) -> authors.Author:
    """The office author that this person writes as: always as oneself, also in somebody's place."""
    return authors.office(person.id, person.name)


def add_user(
    email: str,
    name: str,
    role: str,
    territories: Iterable[str] = (),
    phone: str | None = None,
    demo: bool = False,
    teams: Iterable[str] = (),
    by: str = audit.OPERATOR,
) -> str:
    """Adds an account and returns its first password, which is random, good once and kept nowhere in clear.

    ``territories`` and ``teams``: record ids, none for everything. Demonstration accounts keep their password.
    Raises UnknownRole, LoginTaken, NoPlace.
    """
    places: dict[str, Any]
    places, password = _places(role, territories, teams), random_password()
    id = new_id(clock.now())
    account = places | {
        "id": id,
        "email": login_name(email),
        "name": name,
        "phone": phone,
        "demo": demo,
        "password": hash_password(password),
        "one_time_until": None if demo else _one_time_until(),
        "active": True,
        "fs_uniquifier": secrets.token_hex(32),
        "created_at": clock.now(),
    }
    with writing() as connection:
        if connection.scalar(select(User.id).where(User.email == account["email"])):
            raise LoginTaken(account["email"])
        connection.execute(insert(User), account)
        _give(connection, id, role)
    audit.record("person.added", who=by, subject=id, role=role, **_as_lists(places))
    return password


def _places(role: str, territories: Iterable[str], teams: Iterable[str]) -> dict[str, str]:
    """Raises UnknownRole, NoPlace."""
    if role not in ROLES:
        raise UnknownRole(role)
    if role in WITHOUT_PLACE:
        territories = teams = ()
    found = {"territories": json.dumps(sorted(territories)), "teams": json.dumps(sorted(teams))}
    if role in BOUNDED and set(found.values()) == {"[]"}:
        raise NoPlace(role)
    return found


def _as_lists(places: dict[str, str]) -> dict[str, Any]:
    return {name: json.loads(value) for name, value in places.items()}


def _give(connection: Connection, user: str, role: str) -> None:
    connection.execute(delete(user_role).where(user_role.c.user == user))
    role_id = connection.scalar(select(Role.id).where(Role.name == role))
    if role_id is None:
        made = insert(Role).values(name=role, description=DESCRIPTIONS[role]).returning(Role.id)
        role_id = connection.scalar(made)
    connection.execute(insert(user_role), {"user": user, "role": role_id})


def random_password() -> str:
    """Four groups of four readable signs: 79 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def _one_time_until() -> int:
    hours = current_app.config["VYEZD"].code_hours
    return clock.now() + int(timedelta(hours=hours).total_seconds() * 1000)


def list_users() -> list[Person]:
    """Every account, by name."""
    with reading():
        found = db.session.scalars(select(User).order_by(User.name, User.id)).unique().all()
        return [person_of(user) for user in found]


def find(wanted: str) -> Person:
    """The account with this login or id. Raises UnknownPerson."""
    with reading():
        query = select(User).where((User.email == login_name(wanted)) | (User.id == wanted))
        found = db.session.scalars(query).unique().first()
        if found is None:
            raise UnknownPerson(wanted)
        return person_of(found)


def change(
    id: str, role: str, territories: Iterable[str], teams: Iterable[str], phone: str | None, by: str = audit.OPERATOR
) -> None:
    """Gives an account another role and other places. Raises UnknownRole, NoPlace, LastAdmin, UnknownPerson."""
    places = _places(role, territories, teams)
    with writing() as connection:
        _update(connection, id, places | {"phone": phone})
        _give(connection, id, role)
        _require_an_admin(connection)
    audit.record("person.changed", who=by, subject=id, role=role, **_as_lists(places))


def set_active(id: str, active: bool, by: str = audit.OPERATOR) -> None:
    """Shuts an account out at once, its sessions too, or lets it in again. Raises LastAdmin, UnknownPerson."""
    with writing() as connection:
        _update(connection, id, {"active": active, "fs_uniquifier": secrets.token_hex(32)})
        _require_an_admin(connection)
    audit.record("person.let_in" if active else "person.shut_out", who=by, subject=id)


def reset_password(id: str, by: str = audit.OPERATOR) -> str:
    """A new one-time password for who has forgotten the old one, and no second factor; all sessions end. Raises
    UnknownPerson."""
    password = random_password()
    fresh = {
        "password": hash_password(password),
        "one_time_until": _one_time_until(),
        "tf_totp_secret": None,
        "totp_counter": None,
        "fs_uniquifier": secrets.token_hex(32),
    }
    with writing() as connection:
        _update(connection, id, fresh)
    audit.record("password.reset", who=by, subject=id)
    return password


def _update(connection: Connection, id: str, values: dict[str, Any]) -> None:
    if connection.execute(update(User).where(User.id == id).values(**values)).rowcount == 0:
        raise UnknownPerson(id)


def _require_an_admin(connection: Connection) -> None:
    query = select(func.count()).select_from(User).join(user_role, user_role.c.user == User.id)
    query = query.join(Role, Role.id == user_role.c.role).where(Role.name == ADMIN, User.active.is_(True))
    if not connection.scalar(query.where(User.territories == "[]", User.teams == "[]")):
        raise LastAdmin


def require_keeper(keeper: Person, role: str, territories: Iterable[str], teams: Iterable[str]) -> None:
    """Who keeps the accounts of some territories gives out nothing beyond these. Raises NotYours."""
    if not keeper.may(Right.PEOPLE):
        raise NotYours
    if keeper.is_unbounded:
        return
    known, places, teams = reference.current(), set(territories), set(teams)
    own = frozenset().union(*(known.within(id) for id in keeper.territories))
    of_teams = {id for team in teams for id in known.teams.get(team, {}).get("territories") or ["nowhere"]}
    if role in WITHOUT_PLACE or not (places or teams) or not places | of_teams <= own:
        raise NotYours


def keeps(keeper: Person, person: Person) -> bool:
    """Whether one keeps the account of the other."""
    try:
        for role in person.roles:
            require_keeper(keeper, role, person.territories, person.teams)
    except NotYours:
        return False
    return keeper.may(Right.PEOPLE)


def person_of(user: User) -> Person:
    """The account of a row."""
    return Person(
        user.id,
        user.email,
        user.name,
        user.phone,
        frozenset(role_names(user)),
        frozenset(json.loads(user.territories)),
        frozenset(json.loads(user.teams)),
        user.active,
        user.last_seen,
        user.one_time_until,
        bool(user.tf_totp_secret),
    )
