"""How values, names and times look on a page, and the few things that every template needs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_timedelta
from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape

from schemas import registry
from schemas.codes import values_of
from schemas.fields import Code, Field, ListOf, LogOf, Ref
from server import clock, reference
from server.people import Person
from server.reading import disputes, kept, places, queue, reach, records
from server.reading.reach import Reach
from server.reading.tablets import Tablet
from server.reading.words import Words
from server.register import Stored
from server.roles import Right
from server.web.guard import person
from server.web.languages import language

STATIC = Path(__file__).parent / "static"
SECTIONS: tuple[tuple[str, Any, Right | None], ...] = (
    ("start.page", _("Start"), None),
    ("visits.log", _("Visits"), Right.FAMILIES),
    ("trips.list_page", _("Trips"), Right.FAMILIES),
    ("families.list_page", _("Families"), Right.FAMILIES),
    ("queue.list_page", _("To decide"), Right.QUEUE),
    ("mending.list_page", _("To be mended"), Right.QUEUE),
    ("tablets.list_page", _("Tablets"), Right.TABLETS),
    ("setup.page", _("Management"), None),
)
UNDER = {
    "visits.log": ("journals",),
    "families.list_page": ("certificates", "shields", "openings"),
    "setup.page": ("exports", "imports", "lists", "persons", "records", "teams", "trail", "codes"),
    "trips.list_page": ("planning",),
}
"""Section → the blueprints that are reached from it."""
ROLE_NAMES = {
    "specialist": _("specialist"),
    "officer": _("district officer"),
    "admin": _("administrator"),
    "methodologist": _("methodologist"),
    "auditor": _("auditor"),
    "sysadmin": _("system administrator"),
}
FATES = {
    "shown": _("in force"),
    "disputed": _("to be decided"),
    "replaced": _("replaced"),
    "concurrent": _("written at the same time, a later one is in force"),
    "removed": _("removed"),
    "voided": _("voided by the office"),
    "entry": _("added"),
}
OWN_PAGES = {"family": "families.card", "trip": "trips.page", "visit": "visits.page"}


def init_show(app: Flask) -> None:
    """Makes these known to every template."""
    tools = (asset, enum_options, fate, place_name, places_of, role_words, sections, silence, team_name, waiting)
    more = (is_here, may_correct, month_name, weekday_name, worker_names, workers_of)
    links = (dispute_url, record_link, record_url, show)
    for tool in (*tools, *more, *links):
        app.add_template_global(tool)
    app.add_template_global(summary)
    for sieve in (combine, filled, group_of, reject_keys):
        app.add_template_filter(sieve)


@cache
def _digest(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else "missing"


def asset(name: str) -> str:
    """The address of a static file, which changes when the file does."""
    return url_for("static", filename=name, v=_digest(name))


def sections() -> tuple[tuple[str, Any], ...]:
    """(endpoint, name) of the header's links that are open to the reader."""
    return tuple((endpoint, name) for endpoint, name, right in SECTIONS if right is None or person().may(right))


def is_here(endpoint: str) -> bool:
    """Whether the page is of this section."""
    own = endpoint.partition(".")[0]
    return request.blueprint == own or request.blueprint in UNDER.get(endpoint, ())


def may_correct(record: str) -> bool:
    """Whether the reader may write in a record that is on the page: what is open for a time is there to be read."""
    return person().may(Right.CORRECT) and record not in my_reach().opened


def role_words(who: Person) -> str:
    """A person's roles in words."""
    return ", ".join(str(ROLE_NAMES.get(role, role)) for role in sorted(who.roles))


def team_name(team: str | None) -> str:
    """What a team is called."""
    return str(reference.current().teams.get(team or "", {}).get("name", ""))


def worker_names(workers: Iterable[str]) -> str:
    """What these specialists are called, in one line."""
    known = reference.current().workers
    return ", ".join(str(known[id].get("name", "")) for id in workers if id in known)


def workers_of(team: str | None) -> list[tuple[str, str]]:
    """(id, name) of the people of a team, by name."""
    known = reference.current()
    found = [(id, str(known.workers[id].get("name", ""))) for id in known.workers_of(team or "")]
    return sorted(found, key=lambda each: each[1])


def month_name(day: date) -> str:
    """A month and its year: «ноябрь 2026»."""
    return str(format_date(day, "LLLL yyyy", language()))


def weekday_name(day: date) -> str:
    """A day of the week in short: «пн»."""
    return str(format_date(day, "ccc", language()))


def words() -> Words:
    """Values in the reader's language and the region's time; a page adds the names it needs."""
    return Words(language(), current_app.config["VYEZD"].timezone, reach=my_reach())


def my_reach() -> Reach:
    """What the reader of this page may see."""
    if "reach" not in g:
        g.reach = reach.of(person())
    return g.reach


def counted() -> dict[str, int]:
    """Kind → how many matters of the queue wait within reach."""
    if "counted" not in g:
        g.counted = queue.counts(my_reach())
    return g.counted


def to_mend() -> int:
    """How many ops wait within reach."""
    if "to_mend" not in g:
        g.to_mend = kept.count(my_reach())
    return g.to_mend


def waiting(endpoint: str) -> int:
    """How much waits in a section."""
    if endpoint == "queue.list_page":
        return sum(counted().values())
    return to_mend() if endpoint == "mending.list_page" else 0


def record_url(type_name: str, record: str) -> str:
    """The page of a record."""
    own = OWN_PAGES.get(type_name)
    return url_for(own, record=record) if own else url_for("records.page", type_name=type_name, record=record)


def record_link(record: str | None, known: Words) -> Markup:
    """A record by its name, as a link to its page."""
    if not record or record not in known.names:
        return escape(record[:8] + "…" if record else "")
    name = known.names[record]
    return Markup('<a href="{}">{}</a>').format(record_url(name.type, record), name.text)


def show(type_name: str, field: str, value: Any, known: Words) -> Markup:
    """A field's value, or one element of it, as HTML: references are links, lists are lists."""
    declared = registry.types()[type_name].fields.get(field) if registry.get(type_name) else None
    if declared is None or value is None:
        return escape("" if value is None else known.value(type_name, field, value))
    return _html(declared, value, known)


def _html(declared: Field, value: Any, known: Words) -> Markup:
    if isinstance(declared, Ref):
        return record_link(value, known)
    if isinstance(declared, LogOf) and isinstance(value, list):
        return _log(declared, value, known)
    if isinstance(declared, ListOf):
        elements = value if isinstance(value, list) else [value]
        return _list([_html(declared.inner, each, known) for each in elements])
    return escape(known.say(declared, value))


def _log(declared: LogOf, entries: list[dict[str, Any]], known: Words) -> Markup:
    row = Markup('{} <small class="muted">{}</small>')
    shown = [row.format(_html(declared.inner, each["value"], known), known.stamp(each["at"])) for each in entries]
    return _list(shown)


def _list(items: list[Markup]) -> Markup:
    if len(items) < 2:
        return Markup("").join(items)
    lines = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    return Markup('<ul class="plain-list">{}</ul>').format(lines)


def places_of(declared: Field | None) -> list[tuple[str, str]]:
    """(id, name) to choose from, for a reference to a territory or a team."""
    if not isinstance(declared, Ref):
        return []
    if declared.to == "team":
        return places.teams(my_reach())
    return [(place.id, "\u2003" * place.depth + place.name) for place in places.places(my_reach())]


def place_name(territory: str | None) -> str:
    """What a territory is called."""
    return str(reference.current().territories.get(territory or "", {}).get("name", ""))


def dispute_url(record: Stored, field: str | None = None) -> str:
    """The page where a disputed field, by default the record's first, is decided."""
    return url_for("queue.page", key=disputes.key_of(record.id, field or next(iter(record.disputed))))


def enum_options(declared: Field, known: Words) -> list[tuple[str, str]]:
    """(value, label) to choose from, of a field that has a list of values."""
    own = [entry["value"] for entry in declared.choices() or ()]
    values = values_of(declared.codes) if isinstance(declared, Code) else own
    return [(value, known.say(declared, value)) for value in values]


def fate(name: str) -> Any:
    """What became of a value, in words."""
    return FATES.get(name, name)


def silence(tablet: Tablet) -> str:
    """How long ago a tablet was last here."""
    since = timedelta(milliseconds=clock.now() - (tablet.last_contact or tablet.enrolled_at))
    return format_timedelta(since, locale=language())


def combine(*parts: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """One dictionary of several, the later ones winning."""
    return {name: value for part in (*parts, more) for name, value in part.items()}


def reject_keys(mapping: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The same without these names."""
    return {name: value for name, value in mapping.items() if name not in names}


def group_of(fields: Mapping[str, Field], group: str) -> list[str]:
    """The names of a type's fields in one group."""
    return [name for name, declared in fields.items() if declared.group == group]


def summary(record: Stored) -> list[str]:
    """The fields by which one of several records is told from the others: those that a list shows, as far as filled."""
    return [name for name in records.columns(registry.types()[record.type]) if name in record.fields][:5]


def filled(names: Iterable[str], record: Stored) -> list[str]:
    """Of these fields those that a record has, or lacks though it should not."""
    return [
        name
        for name in names
        if name in record.fields or name in record.disputed or name in record.incomplete or name in record.warnings
    ]
