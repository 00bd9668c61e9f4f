"""What tasks are called, and why one was refused, in words."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from server.tasks import Seen
from server.web.show import words

IMPORTS = {
    "families": lazy_gettext("Families and people"),
    "plan": lazy_gettext("Plan of trips"),
    "codes": lazy_gettext("Code lists"),
    "oktmo": lazy_gettext("Edition of the classifier"),
}


def init_taskwords(app: Flask) -> None:
    """Makes these known to every template."""
    for tool in (import_name, refusal, task_name):
        app.add_template_global(tool)


def import_name(kind: str) -> Any:
    """What is imported."""
    return IMPORTS.get(kind, kind)


def task_name(task: Seen) -> str:
    """What a task does."""
    room, _dot, kind = task.kind.partition(".")
    if room == "import":
        return _("Import: %(what)s, %(file)s", what=import_name(kind), file=task.params.get("name", ""))
    if task.kind == "audit.verify":
        return _("Check of history and audit")
    what = _("Visit log") if kind == "log" else words().title(str(task.params.get("type", "")))
    return _("Export: %(what)s, %(shape)s", what=what, shape=str(task.params.get("shape", "")).upper())


def refusal(task: Seen) -> str:
    """Why it could not be done, and what to do."""
    code, *arguments = str(task.result.get("code", "")).split("|")
    if code == "too_many":
        said = _(
            "%(total)s rows are too many for this kind of file: %(most)s at most.",
            total=arguments[0],
            most=arguments[1],
        )
        return said + " " + _("Take a shorter period or one team, or XLSX or CSV.")
    if code == "template":
        return _("The region's own template cannot be filled: %(why)s", why=arguments[0])
    if code == "no_pdf":
        return _("This server cannot make PDF. Take another kind of file, or print the page with Ctrl+P.")
    if code == "sheet_full":
        return _("A sheet holds 1,048,576 rows, and there are more. Take CSV.")
    if code == "bad_file":
        return _(
            "The file is no table of this kind: its columns were not recognised. See docs or the hint beside the form."
        )
    return _("It could not be done. If it happens again, tell the system administrator.")
