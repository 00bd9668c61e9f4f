"""The list of families with its filter and its counts, and the card of one family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from schemas import registry
from schemas.records.risk_assessment import LEVELS
from server import clock
from server.reading import families, familycard, familyfilter, places, timeline
from server.reading.familyfilter import CONTACTS, NOBODY, Filter
from server.web.forms import choice, one_of, page_number
from server.web.show import enum_options, my_reach, place_name, words

pages = Blueprint("families", __name__, url_prefix="/families")
LATEST = 20
"""How much of a family's story its card shows."""
CONTACT_NAMES = {
    "month": _("in the last 30 days"),
    "quarter": _("31 to 90 days ago"),
    "half": _("91 to 180 days ago"),
    "older": _("more than 180 days ago"),
    "never": _("never"),
}
RISK_NAMES = {"low": _("low"), "moderate": _("moderate"), "high": _("high"), "critical": _("critical")}
LABELS = {
    "text": _("Words"),
    "territory": _("Territory"),
    "status": _("Case status"),
    "category": _("Category"),
    "curator": _("Curator"),
    "level": _("Escort level"),
    "risk": _("Risk"),
    "contact": _("Last contact"),
}


@pages.get("")
def list_page() -> ResponseReturnValue:
    """Families by number, found by words: of numbers, names, phones, СНИЛС, addresses."""
    wanted, reach = wanted_of(request.args), my_reach()
    listed = families.families(wanted, reach, clock.today(), page_number())
    return render_template(
        "families.html", page=listed.page, listed=listed, most=families.PEOPLE, known=words(), **_filter(wanted)
    )


@pages.get("/counts")
def counts() -> ResponseReturnValue:
    """How many families there are by one thing, each number a way to its list."""
    wanted, by = wanted_of(request.args), one_of("by", familyfilter.DIMENSIONS) or "category"
    found, total = familyfilter.counts(wanted, by, my_reach(), clock.today())
    named = [(value, says(by, value), number) for value, number in found]
    return render_template(
        "counts.html", counts=named, total=total, by=by, dimensions=familyfilter.DIMENSIONS, known=words(),
        **_filter(wanted),
    )  # fmt: skip


@pages.get("/<record>")
def card(record: str) -> ResponseReturnValue:
    """One family: members, visits, its fields and the latest of its story."""
    found = familycard.card(record, my_reach(), clock.today(), words()) or abort(404)
    told = timeline.of_family(record, None, my_reach(), clock.today(), found.words, size=LATEST)
    return render_template(
        "family.html", card=found, schema=registry.types()["family"], told=told, today=clock.today().isoformat()
    )


@pages.get("/<record>/history")
def story(record: str) -> ResponseReturnValue:
    """Everything that was written to a family and all that hangs on it, or to records of one kind."""
    told = timeline.of_family(record, choice("kind"), my_reach(), clock.today(), words(), page_number()) or abort(404)
    return render_template("family_story.html", family=record, told=told)


def wanted_of(said: Mapping[str, str]) -> Filter:
    """The filter that an address, a form or a frozen figure says."""
    found = {name: said.get(name) or None for name in asdict(Filter())}
    if found["contact"] not in CONTACTS:
        found["contact"] = None
    text = (found.pop("text") or "").strip()[:100]
    return replace(Filter(**found), text=text)  # type: ignore[arg-type]


def filter_words(wanted: Filter) -> list[tuple[str, str]]:
    """(what is asked for, which) in words."""
    return [(str(LABELS[name]), says(name, value)) for name, value in asdict(wanted).items() if value]


def says(name: str, value: str | None) -> str:
    """A value of the filter in words."""
    if value is None:
        return gettext("not said")
    names: dict[str, Any] = dict(_options().get(name, ()))
    return str(names.get(value) or (place_name(value) if name == "territory" else value))


def _filter(wanted: Filter) -> dict[str, Any]:
    """What the filter's boxes may be set to, and are."""
    asked = {name: value for name, value in asdict(wanted).items() if value}
    return {"wanted": wanted, "asked": asked, "places": places.places(my_reach()), "options_of": _options(),
            "labels": LABELS, "said": filter_words(wanted)}  # fmt: skip


def _options() -> dict[str, list[tuple[str, Any]]]:
    known, types = words(), registry.types()
    return {
        "status": enum_options(types["family"].fields["case_status"], known),
        "category": enum_options(types["category"].fields["code"], known),
        "curator": [(NOBODY, gettext("nobody")), *places.workers(my_reach())],
        "level": enum_options(types["family"].fields["escort_level"], known),
        "risk": [(level, RISK_NAMES[level]) for level in LEVELS],
        "contact": list(CONTACT_NAMES.items()),
    }
