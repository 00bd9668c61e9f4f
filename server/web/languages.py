"""Russian and English: which of them a reader gets, and the words themselves.

Templates and code say everything in English; `translations/ru.po` says it in Russian and is read as it lies, so that
nothing needs compiling after a clone. A tablet's data has its own labels (schemas), in both languages.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from babel import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, Domain, get_locale

from server.web.forms import own_path

LANGUAGES = {"ru": "Русский", "en": "English"}
COOKIE = "lang"
CATALOGUES = Path(__file__).parent / "translations"

pages = Blueprint("language", __name__)


class Catalogues(Domain):
    """Flask-Babel's view of our catalogues."""

    def get_translations(self) -> NullTranslations:
        """The words of the reader's language."""
        return catalogue(language())


@cache
def catalogue(lang: str) -> NullTranslations:
    """English is what the templates say, so it has no file."""
    path = CATALOGUES / f"{lang}.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=lang))
    compiled.seek(0)
    return Translations(compiled)


def init_languages(app: Flask) -> None:
    """Words and dates in the reader's language; days and hours are the region's."""
    babel = Babel(app, default_locale="ru", locale_selector=_wanted, timezone_selector=_timezone)
    babel.domain_instance = Catalogues()
    app.register_blueprint(pages)
    app.add_template_global(language)
    app.jinja_env.globals["languages"] = LANGUAGES


def language() -> str:
    """`ru` or `en`."""
    locale = get_locale()
    return locale.language if locale else "ru"


def _wanted() -> str:
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return negotiate_locale(list(request.accept_languages.values()), list(LANGUAGES), sep="-") or "ru"


def _timezone() -> str:
    return current_app.config["VYEZD"].timezone.key


@pages.post("/language")
def choose() -> ResponseReturnValue:
    """Keeps the choice for a year and shows the same page again."""
    answer = redirect(own_path(request.form.get("next", "/")))
    if request.form.get("lang") in LANGUAGES:
        secure = current_app.config["VYEZD"].https
        answer.set_cookie(COOKIE, request.form["lang"], 31_536_000, httponly=True, samesite="Lax", secure=secure)
    return answer
