"""What the audit calls deeds and pages, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

ACTIONS = {
    "read": _("read"),
    "write": _("wrote"),
    "refused": _("was refused"),
    "export": _("took out"),
    "import": _("imported"),
    "download": _("downloaded"),
    "upload": _("sent a file"),
    "opening": _("opened for a reason"),
    "explain": _("looked up the story of a record"),
    "quarantine.show": _("looked at what requires mending"),
    "command": _("ran a command"),
    "journal": _("handed in a journal"),
    "journal.reopened": _("opened a month again"),
    "shield": _("shielded a family"),
    "shield.lifted": _("lifted a shield"),
    "adoption.linked": _("kept an adoption apart"),
    "revoke": _("revoked a tablet"),
    "code": _("made a code for a tablet"),
    "enroll": _("joined with a code"),
    "token": _("changed a tablet's key"),
    "drained": _("handed in all and erased itself"),
    "sign_in": _("signed in"),
    "sign_in.refused": _("could not sign in"),
    "sign_out": _("signed out"),
    "password": _("changed the password"),
    "password.reset": _("gave a one-time password"),
    "code.set_up": _("set up a code from the phone"),
    "code.given_up": _("gave up the code from the phone"),
    "person.added": _("added an account"),
    "person.changed": _("changed an account"),
    "person.let_in": _("let an account in"),
    "person.shut_out": _("shut an account out"),
    "substitution": _("named a substitute"),
    "substitution.ended": _("ended a substitution"),
    "substitution.acts": _("began to act for a colleague"),
}
PAGES = {
    "account": _("own account"),
    "blobs": _("attachments"),
    "certificates": _("figures told by phone"),
    "changes": _("a tablet's data"),
    "editing": _("correction of a record"),
    "exports": _("exports"),
    "families": _("families"),
    "imports": _("imports"),
    "journals": _("journals of the months"),
    "lists": _("code lists"),
    "mending": _("to be mended"),
    "openings": _("families beyond the territory"),
    "paper": _("route sheet"),
    "persons": _("accounts"),
    "photos": _("attachments"),
    "planning": _("plan of a trip"),
    "queue": _("to decide"),
    "records": _("all records"),
    "reviewing": _("review of visits"),
    "setup": _("management"),
    "shields": _("shields"),
    "start": _("start page"),
    "sync": _("sync"),
    "tablets": _("tablets"),
    "tasks": _("files and checks"),
    "teams": _("teams"),
    "trail": _("audit"),
    "trips": _("trips"),
    "uploads": _("attachments"),
    "visits": _("visits"),
}
"""The part of the office that a page belongs to, by its blueprint."""


def page_words(endpoint: str | None) -> Any:
    """Which part of the office a page belongs to; nothing for an address that there is none at."""
    part = (endpoint or "").partition(".")[0]
    return PAGES.get(part, "" if part == "none" else part)
