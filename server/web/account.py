"""The reader's own account: another password, a second factor, working in somebody's place."""

from __future__ import annotations

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server import clock, openings, people, signin, substitutions
from server.web.guard import person
from server.web.show import words

pages = Blueprint("account", __name__, url_prefix="/account")


@pages.get("")
def page() -> ResponseReturnValue:
    """The forms."""
    return _page()


@pages.post("")
def change() -> ResponseReturnValue:
    """Changes the password, or says why not."""
    error = _change()
    if error:
        return _page(error, 422)
    flash(_("The password is changed. Sessions on other machines have ended."))
    return redirect(url_for("start.page"))


def _page(error: str | None = None, status: int = 200) -> ResponseReturnValue:
    me = person()
    return render_template(
        "account.html",
        least=people.PASSWORD_LENGTH,
        error=error,
        known=words(),
        turns=substitutions.open_to(me.id),
        opened=openings.of(me.id, clock.now()),
        code_required=current_app.config["VYEZD"].totp,
    ), status


def _change() -> str | None:
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if len(new) < people.PASSWORD_LENGTH:
        return _("The new password is too short: at least %(least)s characters.", least=people.PASSWORD_LENGTH)
    if new != again:
        return _("The new password and its repetition differ.")
    if new == old:
        return _("The new password is the old one. Choose another.")
    return None if signin.change_password(old, new) else _("The present password is wrong.")


@pages.get("/code")
def code_page() -> ResponseReturnValue:
    """Setting up a second factor: a secret as a QR code and as text. It counts once a code of it was typed."""
    if person().has_code:
        return render_template("code.html", uri=None, key=None, image=None, error=None)
    session["code"] = signin.codes().generate_totp_secret()
    return _setting_up()


@pages.post("/code")
def keep_code() -> ResponseReturnValue:
    """Sets it up, or gives it up, or says why not."""
    error = _give_up() if person().has_code else _set_up()
    if error is None:
        return redirect(url_for("account.page"))
    if person().has_code:
        return render_template("code.html", key=None, image=None, error=error), 422
    session.setdefault("code", signin.codes().generate_totp_secret())
    return _setting_up(error), 422


def _setting_up(error: str | None = None) -> str:
    codes, secret = signin.codes(), session["code"]
    image = segno.make(codes.get_totp_uri(person().login, secret), micro=False).svg_data_uri(scale=4)
    return render_template("code.html", key=codes.get_totp_pretty_key(secret), image=image, error=error)


def _set_up() -> str | None:
    secret = session.get("code")
    if not signin.is_password(request.form.get("password", "")):
        return _("The present password is wrong.")
    if not secret or not signin.verify_code(secret, request.form.get("code", "")):
        return _("The code does not fit. Look at the clock of the phone, and type the code that is shown now.")
    session.pop("code")
    signin.keep_code(secret)
    flash(_("From now on you sign in with your password and a code from the phone."))
    return None


def _give_up() -> str | None:
    secret = signin.own_secret() or ""
    if not signin.is_password(request.form.get("password", "")):
        return _("The present password is wrong.")
    if not signin.verify_code(secret, request.form.get("code", "")):
        return _("The code does not fit. Look at the clock of the phone, and type the code that is shown now.")
    signin.keep_code(None)
    flash(_("You sign in with the password alone."))
    return None


@pages.post("/acting")
def act() -> ResponseReturnValue:
    """Begins or ends working in somebody's place."""
    if not signin.act_for(person(), request.form.get("turn") or None):
        flash(_("You work in your own name and scope."))
    return redirect(url_for("start.page"))
