"""A counter whose sum is larger than can be shown: nobody decides it here, it closes when its ops are mended."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server.db import reading
from server.reading import matters
from server.reading.names import named
from server.web.show import my_reach, words
from server.web.typed import Unfit


def page(key: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Which counter of which record."""
    with reading() as connection:
        matter = matters.find(key, my_reach(), connection)
        if matter is None or matter.record is None:
            abort(404)
        known = named(words(), [matter.record], connection)
    return render_template("saturated.html", matter=matter, known=known, warning=warning), status


def decide(key: str, form: Mapping[str, str]) -> ResponseReturnValue:
    """There is nothing to press. Raises Unfit."""
    raise Unfit(_("This cannot be decided here. Nothing was changed."))
