"""The tablets of the teams: when each was last here and what is wrong with it."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from server import clock
from server.reading import tablets
from server.web.show import my_reach, words

pages = Blueprint("tablets", __name__)


@pages.get("/tablets")
def list_page() -> ResponseReturnValue:
    """Every tablet, the longest silent first."""
    return render_template("tablets.html", tablets=tablets.tablets(my_reach(), clock.now()), known=words())
