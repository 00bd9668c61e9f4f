"""«Ask the team»: a notice about a matter to the tablets that wrote its values, or where none did, to
those that read the record; what was asked stays beside the matter."""

from __future__ import annotations

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import ngettext

from server import questions
from server.db import reading
from server.questions import Asked
from server.reading import askable, colleagues
from server.web import opwords
from server.web.guard import person
from server.web.show import my_reach, words
from server.web.typed import Unfit

LENGTH = 1_000


def ask(key: str) -> str:
    """Sends the question of the form; returns what to say. Raises Unfit."""
    reach, known = my_reach(), words()
    with reading() as connection:
        found = askable.find(key, reach, known, connection) or abort(404)
    text = request.form.get("question", "").strip()[:LENGTH]
    if not text:
        raise Unfit(_("Write what you want to know."))
    if not found.tablets:
        raise Unfit(_("No tablet in use has to do with this: phone instead."))
    phone = f" {person().phone}" if person().phone else ""
    notice = f"{opwords.headline(found.matter, found.words)}. {text} ({person().name}{phone})"
    questions.ask(key, person().name, text, found.tablets, notice, found.record)
    return ngettext("The question goes to %(num)s tablet.", "The question goes to %(num)s tablets.", len(found.tablets))


def asked_about(key: str) -> list[Asked]:
    """What teams were asked about a matter, the latest first."""
    with reading() as connection:
        return questions.of([key], connection).get(key, [])


def my_colleagues() -> list[tuple[str, str]]:
    """(id, name) of those whom a matter can be given to."""
    return colleagues.colleagues(my_reach())
