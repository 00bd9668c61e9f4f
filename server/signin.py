"""Signing in: password, optional second factor, sessions that end, throttled tries.

Flask-Security-Too keeps passwords (argon2), sessions and codes (TOTP). The form takes login, password and code in one
step and never says which of them was wrong. No account is handed out attached to the database session: `find_user`
closes its transaction, because `db.reading` and `db.writing` never nest.

Throttling without locking a colleague out (OWASP's device cookies): a browser in which somebody has signed in before is
counted by itself; all others share small buckets by login and by address.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Response, current_app, g, request, session
from flask_login import logout_user, user_logged_out
from flask_security import Security, SQLAlchemyUserDatastore, current_user, user_authenticated
from flask_security.changeable import change_user_password
from flask_security.forms import LoginForm, StringField
from flask_security.totp import Totp
from flask_security.utils import verify_password
from flask_wtf.csrf import CSRFProtect
from passlib.exc import UsedTokenError
from sqlalchemy import or_, update
from wtforms.validators import InputRequired, Length, Optional

from server import audit, clock, substitutions, throttle
from server.db import db, writing
from server.models import Role, User
from server.people import Person, login_name, person_of
from server.throttle import Bucket

DAY_LENGTH_MS = 12 * 3600 * 1000
MINUTE_MS = 60 * 1000
KNOWN = "known"
KNOWN_FOR = 365 * 24 * 3600
CODE_WINDOW = 30  # seconds before and after: clocks of phones differ
MOST = {"known": 10, "pair": 5, "login": 20, "address": 60}

csrf = CSRFProtect()


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


class Codes(Totp):
    """Second factors; a code is good once."""

    def get_last_counter(self, user: Any) -> int | None:
        """Of the last code that was used."""
        return cast("int | None", user.totp_counter)

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Keeps it, unless another worker was faster. Raises UsedTokenError."""
        later = or_(User.totp_counter.is_(None), User.totp_counter < tmatch.counter)
        used = update(User).where(User.id == user.id, later).values(totp_counter=tmatch.counter)
        with writing() as connection:
            if connection.execute(used).rowcount == 0:
                raise UsedTokenError


class SignInForm(LoginForm):
    """Login, password and, for who has set it up, a code. Nothing is remembered past the session: offices share
    machines."""

    email = StringField(filters=[login_name], validators=[InputRequired(), Length(max=200)])
    code = StringField(validators=[Optional(), Length(max=10)])
    remember = None

    def validate(self, **more: Any) -> bool:
        """Whether all fits; what did not is noted, whatever it was. Raises TooMany."""
        buckets = _buckets(self.email.data or "")
        throttle.begin(buckets)
        fits = bool(super().validate(**more)) and self._is_somebody() and self._is_current() and self._has_code()
        if fits:
            throttle.forgive(buckets)
        else:  # noted also where there is no such account, so that an answer takes as long
            audit.record("sign_in.refused", who=audit.NOBODY, subject=self._account.id if self._account else None)
            self.form_errors.append("")
        return fits

    @property
    def _account(self) -> Any:
        return self.user

    def _is_somebody(self) -> bool:
        """Others know the passwords of demonstration accounts: where people work these are good for nothing."""
        return not (self._account and self._account.demo and current_app.config["VYEZD"].production)

    def _is_current(self) -> bool:
        """A one-time password is good for some days only."""
        until = self._account.one_time_until if self._account else 0
        return until is None or until > clock.now()

    def _has_code(self) -> bool:
        account = self._account
        secret = account.tf_totp_secret if account else None
        return secret is None or codes().verify_totp(self.code.data or "", secret, account, CODE_WINDOW)


def _buckets(login: str) -> list[Bucket]:
    address = request.remote_addr or ""
    known = _known_browser(login)
    if known:
        return [Bucket(f"known:{login}:{known}", MOST["known"], own=True)]
    return [
        Bucket(f"pair:{login}:{address}", MOST["pair"], own=True),
        Bucket(f"login:{login}", MOST["login"]),
        Bucket(f"address:{address}", MOST["address"]),
    ]


def _known_browser(login: str) -> str | None:
    """The id of this browser, if this person has signed in with it before."""
    id, _, mac = request.cookies.get(KNOWN, "").partition(".")
    return id if id and hmac.compare_digest(mac.encode(), _known_mac(login, id)) else None


def _known_mac(login: str, id: str) -> bytes:
    return cast("bytes", current_app.extensions["vyezd.keys"].mac("known", f"{login}\0{id}".encode()).hex().encode())


def init_signin(app: Flask) -> None:
    """Sign-in, sessions and protection against forged forms, for everything but `/api/` (it has tokens of its own)."""
    settings = app.config["VYEZD"]
    app.config.from_mapping(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=timedelta(milliseconds=DAY_LENGTH_MS),
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
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]  # Flask-Login's, which Security brings
    wallet = {"1": app.extensions["vyezd.keys"].mac("totp", b"").hex()}
    app.extensions["vyezd.codes"] = Codes(wallet, "Vyezd")
    app.after_request(_know_the_browser)
    user_authenticated.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)


def _nobody(_request: Any) -> None:
    """People sign in by session alone. Flask-Security's own loader looks for a token in every request, and so parses
    the whole body of each tablet's batch."""


def codes() -> Codes:
    """The second factors of this server."""
    return cast(Codes, current_app.extensions["vyezd.codes"])


def _signed_in(_app: Flask, user: User, **_: Any) -> None:
    """A session begins, with a form token of its own; Flask-Security commits the change after the request."""
    session.permanent = True
    session.pop("csrf_token", None)
    session["began"] = session["seen"] = user.last_seen = clock.now()
    db.session.add(user)
    g.signed_in = user.email
    audit.record("sign_in", who=user.id)


def _signed_out(_app: Flask, user: Any, **_: Any) -> None:
    audit.record("sign_out", who=getattr(user, "id", None) or audit.NOBODY)


def _know_the_browser(answer: Response) -> Response:
    """Who has signed in is not locked out of this browser by what others try elsewhere."""
    login = g.pop("signed_in", None)
    if login and not _known_browser(login):
        id, secure = secrets.token_hex(8), current_app.config["VYEZD"].https
        value = f"{id}.{_known_mac(login, id).decode()}"
        answer.set_cookie(KNOWN, value, KNOWN_FOR, httponly=True, samesite="Lax", secure=secure)
    return answer


def current() -> Person | None:
    """Who is signed in, in whose place; None once the session has ended."""
    if not current_user.is_authenticated:
        return None
    if _has_ended():
        logout_user()
        session.clear()
        return None
    person = person_of(current_user._get_current_object())
    return substitutions.in_place(person, session.get("acting"))


def _has_ended() -> bool:
    """After a working day, or a pause; a request counts at most once a minute."""
    now, pause = clock.now(), current_app.config["VYEZD"].session_minutes * MINUTE_MS
    began, seen = session.get("began", 0), session.get("seen", 0)
    if now - seen > MINUTE_MS:
        session["seen"] = now
    return bool(now - began > DAY_LENGTH_MS or now - seen > pause)


def act_for(person: Person, turn: str | None) -> bool:
    """Begins or ends acting in somebody's place. Returns whether the person acts for somebody now."""
    session.pop("acting", None)
    if turn and any(each.id == turn for each in substitutions.open_to(person.id)):
        session["acting"] = turn
        audit.record("substitution.acts", who=person.id, subject=turn)
    return "acting" in session


def is_password(text: str) -> bool:
    """Whether this is the password of who is signed in."""
    normal = current_app.extensions["security"].password_util.normalize(text)
    return bool(verify_password(normal, current_user._get_current_object().password))


def change_password(old: str, new: str) -> bool:
    """Gives who is signed in another password and ends their other sessions; False when the old one is wrong."""
    user, normal = current_user._get_current_object(), current_app.extensions["security"].password_util.normalize
    if not is_password(old):
        return False
    user.one_time_until = None
    change_user_password(user, normal(new), notify=False)
    db.session.commit()
    audit.record("password", who=user.id, subject=user.id)
    return True


def keep_code(secret: str | None) -> None:
    """Gives who is signed in a second factor, or none."""
    user = current_user._get_current_object()
    with writing() as connection:
        values = {"tf_totp_secret": secret} | ({} if secret else {"totp_counter": None})
        connection.execute(update(User).where(User.id == user.id).values(**values))
    audit.record("code.set_up" if secret else "code.given_up", who=user.id, subject=user.id)


def verify_code(secret: str, code: str) -> bool:
    """Whether this is the present code of a secret; it is used up with that."""
    return codes().verify_totp(code, secret, current_user._get_current_object(), CODE_WINDOW)


def own_secret() -> str | None:
    """The second factor of who is signed in."""
    return cast("str | None", current_user._get_current_object().tf_totp_secret)
