"""Plain words for what waits: headlines of matters, why an op was stored, what is wrong with its values."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from schemas import registry
from schemas.kinds import LIFE
from schemas.messages import say
from server.reading.kept import Kept
from server.reading.matters import Matter
from server.reading.words import Words
from server.web import breachwords, correction
from server.web.differing import differing
from server.web.languages import language

KIND_NAMES = {
    "dispute": _("Disputes"),
    "same": _("One value twice"),
    "signed": _("Signed meanwhile"),
    "orphan": _("Left after a deletion"),
    "proposal": _("Proposals of teams"),
    "saturated": _("Counters out of bounds"),
    "breach": _("To be checked"),
    "overdue": _("Overdue"),
    "silent": _("Silent tablets"),
}
ORPHANS = {
    "visit": _("A visit is left without its family"),
    "membership": _("A family member is left without the family"),
    "visit_part": _("A specialist's part is left without its visit"),
}
WHY = {
    "proposal": _("It is a proposal to the office."),
    "revoked": _("The tablet's access was revoked when this arrived: make sure who wrote it."),
    "reference": _("It changes territories, teams or workers, which only the office does."),
    "waits": _(
        "It names a record that the team does not see. It goes on by itself once that record comes into the team's "
        "territory; or take it over yourself."
    ),
    "outside": _("It lies outside the team's territory, or moves a record out of it."),
}
ENVELOPE = {
    "by": _("Author"),
    "type": _("Type of record"),
    "id": _("Id of the record"),
    "feed": _("Place in the register"),
    "op": _("The record as a whole"),
}


def init_opwords(app: Flask) -> None:
    """Makes these known to every template."""
    found = (breachwords.advice, breachwords.means, differing)
    for tool in (error_label, headline, kind_name, office_fields, plain, said, why_stored, *found):
        app.add_template_global(tool)


def kind_name(kind: str) -> Any:
    """What a kind of matter is called."""
    return KIND_NAMES[kind]


def headline(matter: Matter, known: Words) -> Any:
    """A matter in one line."""
    if matter.kind == "same":
        return _same(matter, known)
    if matter.kind == "orphan":
        left = gettext("%(record)s: what it belongs to was deleted", record=known.title(matter.type))
        return ORPHANS.get(matter.type, left)
    if matter.kind == "signed":
        return gettext("%(record)s: written and signed at the same time", record=known.title(matter.type))
    if matter.kind == "proposal":
        return _proposal(matter, known)
    if matter.kind == "saturated":
        return gettext("Out of bounds: %(field)s", field=known.label(matter.type, matter.field))
    if matter.kind in ("breach", "overdue"):
        return breachwords.of_rule(matter, known)
    if matter.kind == "silent":
        return gettext("No word from a tablet: %(name)s", name=matter.detail["name"])
    return gettext("Dispute: %(field)s", field=known.label(matter.type, matter.field))


def _same(matter: Matter, known: Words) -> str:
    if (matter.type, matter.field) == ("person", "snils"):
        return ngettext("One SNILS in %(num)s person", "One SNILS in %(num)s persons", len(matter.detail["records"]))
    return gettext("%(field)s: one value in several records", field=known.label(matter.type, matter.field))


def _proposal(matter: Matter, known: Words) -> str:
    if matter.record is None:
        return gettext("The team proposes a new record: %(record)s", record=known.title(matter.type))
    names = matter.detail["fields"] or [LIFE]
    fields = ", ".join(known.label(matter.type, name) for name in names)
    return gettext("The team proposes to change: %(fields)s", fields=fields)


def why_stored(why: str) -> Any:
    """Why an op was stored and not merged."""
    return WHY[why]


def said(code: str) -> str:
    """What is wrong with a value, in the reader's language."""
    return say(code, language())


def error_label(op: Kept, path: str, known: Words, inner: bool = False) -> str:
    """The field, and what in it, that a refusal is about; ``inner``: only what in it."""
    schema = registry.get(op.type or "")
    if path in ENVELOPE and (schema is None or path not in schema.fields):
        return str(ENVELOPE[path])
    labels = [known.pick(label) for label in correction.labels(op, path)]
    return " · ".join(labels[1:] if inner else labels)


def office_fields(type_name: str | None) -> list[str]:
    """The fields that only the office writes."""
    schema = registry.get(type_name or "")
    return [name for name, field in schema.fields.items() if field.writer == "office"] if schema else []


def plain(value: Any) -> str:
    """A value that is wrong, as it was sent."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
