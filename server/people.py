"""The office's people: their accounts and roles, how they sign in, and the author each of them writes as.

Flask-Security-Too keeps passwords (argon2) and sessions; nobody registers, an operator adds people (`vyezd user
add`). A person signs in with an e-mail address or a plain login. No account is ever handed out attached to the
database session: `find_user` closes its transaction, because `db.reading` and `db.writing` never nest.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask import Flask, current_app, session
from flask_security import Security, SQLAlchemyUserDatastore, current_user, hash_password, user_authenticated
from flask_security.changeable import change_user_password
from flask_security.forms import LoginForm, StringField
from flask_security.utils import verify_password
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import insert, select
from wtforms.validators import InputRequired, Length

from schemas.ids import new_id
from server import authors, clock
from server.db import db, reading, writing
from server.models import Role, User, role_names, user_role

OFFICER, ADMIN = "officer", "admin"
ROLES = {OFFICER: "reads the register", ADMIN: "decides what machines must not"}
PASSWORD_LENGTH = 10
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no look-alikes: passwords are dictated by phone

csrf = CSRFProtect()


@dataclass(frozen=True, slots=True)
class Person:
    """An account. ``territories``: ids of what the person works for, empty for everything; ``last_seen``: Unix ms."""

    id: str
    login: str
    name: str
    phone: str | None
    roles: frozenset[str]
    territories: frozenset[str]
    active: bool
    last_seen: int | None

    @property
    def is_admin(self) -> bool:
        """Admins decide; officers see."""
        return ADMIN in self.roles


class UnknownRole(ValueError):
    """There is no such role; the message is its name."""


class LoginTaken(ValueError):
    """Another account has this e-mail address or login; the message is it."""


class Accounts(SQLAlchemyUserDatastore):
    """Flask-Security's view of our accounts."""

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> User | None:
        """The account, detached, with no transaction left open."""
        try:
            found = super().find_user(case_insensitive, **wanted)
            self.db.session.expunge_all()
            return cast("User | None", found)
        finally:
            self.db.session.rollback()


def login_name(text: str | None) -> str:
    """An e-mail address or login as it is stored and compared."""
    return (text or "").strip().casefold()


class SignInForm(LoginForm):
    """E-mail address or login, and password. Nothing is remembered past the session: offices share machines."""

    email = StringField(filters=[login_name], validators=[InputRequired(), Length(max=200)])
    remember = None


def init_people(app: Flask) -> None:
    """Sign-in, sessions and protection against forged forms, for everything but `/api/` (it has tokens of its own)."""
    settings = app.config["VYEZD"]
    app.config.from_mapping(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a decision may lie open over lunch
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_FRESHNESS=timedelta(minutes=-1),  # no page that asks for the password once more
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGIN_USER_TEMPLATE="sign_in.html",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_STATIC_FOLDER=None,
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"email": {"mapper": login_name, "case_insensitive": False}}],
    )
    csrf.init_app(app)
    Security(app, Accounts(db, User, Role), login_form=SignInForm)
    user_authenticated.connect(_signed_in, app)


def _signed_in(_app: Flask, user: User, **_: Any) -> None:
    """The session ends after a working day; Flask-Security commits the change after the request."""
    session.permanent = True
    user.last_seen = clock.now()
    db.session.add(user)


def current() -> Person | None:
    """Who is signed in."""
    return _person(current_user._get_current_object()) if current_user.is_authenticated else None


def author(person: Person) -> authors.Author:
    """The office author that this person writes as."""
    return authors.office(person.id, person.name)


def add_user(
    email: str,
    name: str,
    role: str,
    territories: Iterable[str] = (),
    phone: str | None = None,
    demo: bool = False,
) -> str:
    """Adds an account and returns its first password, which is random and kept nowhere in clear.

    ``territories``: record ids, none for everything. Raises UnknownRole, LoginTaken.
    """
    if role not in ROLES:
        raise UnknownRole(role)
    password = _random_password()
    account = {
        "id": new_id(clock.now()),
        "email": login_name(email),
        "name": name,
        "phone": phone,
        "territories": json.dumps(sorted(territories)),
        "demo": demo,
        "password": hash_password(password),
        "active": True,
        "fs_uniquifier": secrets.token_hex(32),
        "created_at": clock.now(),
    }
    _insert(account, role)
    return password


def _insert(account: dict[str, Any], role: str) -> None:
    with writing() as connection:
        if connection.scalar(select(User.id).where(User.email == account["email"])):
            raise LoginTaken(account["email"])
        role_id = connection.scalar(select(Role.id).where(Role.name == role))
        if role_id is None:
            made = insert(Role).values(name=role, description=ROLES[role]).returning(Role.id)
            role_id = connection.scalar(made)
        connection.execute(insert(User), account)
        connection.execute(insert(user_role), {"user": account["id"], "role": role_id})


def _random_password() -> str:
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def list_users() -> list[Person]:
    """Every account, by name."""
    with reading():
        found = db.session.scalars(select(User).order_by(User.name, User.id)).unique().all()
        return [_person(user) for user in found]


def change_password(old: str, new: str) -> bool:
    """Gives who is signed in another password and ends their other sessions; False when the old one is wrong."""
    user, normal = current_user._get_current_object(), current_app.extensions["security"].password_util.normalize
    if not verify_password(normal(old), user.password):
        return False
    change_user_password(user, normal(new), notify=False)
    db.session.commit()
    return True


def _person(user: User) -> Person:
    return Person(
        user.id,
        user.email,
        user.name,
        user.phone,
        frozenset(role_names(user)),
        frozenset(json.loads(user.territories)),
        user.active,
        user.last_seen,
    )
