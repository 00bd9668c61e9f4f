"""Plain words for what rules across records find: a line for the queue, what it means, and what to do."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from server.reading.matters import Matter
from server.reading.words import Words

HEADLINES = {
    "curators": _("The family has several curators at the same time"),
    "rights": _("A legal representative whose rights are limited or ended"),
    "assessments": _("Risk assessments of one day differ widely"),
    "outcomes": _("The child's outcomes contradict each other"),
    "services": _("One service may be written down twice"),
    "joint": _("A joint visit was written down differently"),
    "absent": _("A record that others refer to has not arrived"),
}
MEANS = {
    "curators": _("A family has one curator. Here the times of two overlap, so nobody knows who leads."),
    "rights": _(
        "The member is marked as a legal representative, while another record says that the rights to a child of this "
        "family are limited, terminated or have ended. A signature of such a person binds nobody."
    ),
    "consent": _(
        "What is listed rests on consent, and there is none in force: it was not given, has ended, was withdrawn, or "
        "was given by somebody who may not speak for the person. What rests on a law or a public service, protecting "
        "a child above all, goes on."
    ),
    "assessments": _("Two forms filled in on one day give levels of risk that lie two or more apart. Both are kept."),
    "outcomes": _(
        "Two placements on one day, something after a death, or one outcome entered twice: reports would count wrongly."
    ),
    "services": _("The recipient, the service, the day and the performer are the same: perhaps two tablets wrote one."),
    "joint": _(
        "Specialists who came together wrote a record each. The visit is counted once, but its kind or result differs."
    ),
    "overdue": _("The day by which this was to be done has passed."),
    "absent": _("The office, an import or a released record named it. Lists and reports lack it until it comes."),
}
ADVICE = {
    "curators": _("Agree who leads the family and write the day on which the other's assignment ends."),
    "rights": _("Look into the court's decision and correct the mark or the state of the rights."),
    "consent": _("Stop what is listed, or get a new consent: a withdrawal is final, a new consent is a new document."),
    "assessments": _("Let the two specialists talk; another assessment on a later day settles which is right."),
    "outcomes": _("Look into the documents. A wrong outcome is not corrected but reversed by a new record."),
    "services": _(
        "Ask the performer. The record too many is deleted on a tablet; if both were given, let their lines differ."
    ),
    "joint": _("Call the specialists and correct the record that is wrong."),
    "overdue": _("Call the team: let them write the work down or set another day."),
    "absent": _("Repeat the import, or correct the records that name it."),
}


def of_rule(matter: Matter, known: Words) -> Any:
    """The matter in one line."""
    if matter.rule == "consent":
        purpose = known.value("referral", "purpose", matter.detail.get("purpose"))
        return gettext("No consent in force: %(purpose)s", purpose=purpose)
    if matter.rule == "overdue":
        day = known.day(matter.detail.get("due"))
        if matter.field == "next_visit_due":
            return gettext("The next visit is overdue since %(day)s", day=day)
        what = known.title(matter.type)
        return gettext("%(record)s: overdue since %(day)s", record=what, day=day)
    return HEADLINES[matter.rule]


def means(matter: Matter) -> Any:
    """What is wrong, in a sentence or two."""
    return MEANS[matter.rule]


def advice(matter: Matter) -> Any:
    """What to do."""
    return ADVICE[matter.rule]
