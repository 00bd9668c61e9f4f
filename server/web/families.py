"""The list of families with its search, and the card of one family."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from schemas import registry
from server import clock
from server.reading import families, familycard, places, timeline
from server.reading.families import Filter
from server.web.forms import choice, page_number
from server.web.show import enum_options, my_reach, words

pages = Blueprint("families", __name__, url_prefix="/families")


@pages.get("")
def list_page() -> ResponseReturnValue:
    """Families by number, found by words: of numbers, names, phones, СНИЛС, addresses."""
    wanted = Filter(request.args.get("text", "").strip()[:100], choice("territory"), choice("status"))
    reach = my_reach()
    listed = families.families(wanted, reach, clock.today(), page_number())
    return render_template(
        "families.html",
        page=listed.page,
        listed=listed,
        most=families.PEOPLE,
        wanted=wanted,
        known=words(),
        places=places.places(reach),
        statuses=enum_options(registry.types()["family"].fields["case_status"], words()),
    )


@pages.get("/<record>")
def card(record: str) -> ResponseReturnValue:
    """One family: members, visits, its fields and its story."""
    found = familycard.card(record, my_reach(), clock.today(), words()) or abort(404)
    acts = timeline.timeline(record)
    return render_template("family.html", card=found, schema=registry.types()["family"], acts=acts)
