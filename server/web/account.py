"""The reader's own account: another password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server import people

pages = Blueprint("account", __name__, url_prefix="/account")


@pages.get("")
def page() -> ResponseReturnValue:
    """The form."""
    return render_template("account.html", least=people.PASSWORD_LENGTH, error=None)


@pages.post("")
def change() -> ResponseReturnValue:
    """Changes the password, or says why not."""
    error = _change()
    if error:
        return render_template("account.html", least=people.PASSWORD_LENGTH, error=error), 422
    flash(_("The password is changed. Sessions on other machines have ended."))
    return redirect(url_for("start.page"))


def _change() -> str | None:
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if len(new) < people.PASSWORD_LENGTH:
        return _("The new password is too short: at least %(least)s characters.", least=people.PASSWORD_LENGTH)
    if new != again:
        return _("The new password and its repetition differ.")
    return None if people.change_password(old, new) else _("The present password is wrong.")
