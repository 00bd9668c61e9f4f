"""How far a person's long work is, and the file that it made. Nobody else sees either."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, send_file
from flask.typing import ResponseReturnValue

from server import audit, tasks
from server.tasks import Seen
from server.web.guard import person
from server.web.outgoing import safe_name
from server.web.show import words

pages = Blueprint("tasks", __name__, url_prefix="/tasks")


@pages.get("/<id>")
def page(id: str) -> ResponseReturnValue:
    """How far it is; while it goes on the page looks again by itself."""
    return render_template("task.html", task=_found(id), known=words())


@pages.get("/<id>/file")
def file(id: str) -> ResponseReturnValue:
    """The file that it made."""
    found = _found(id)
    if found.file is None or found.state != tasks.DONE:
        abort(404)
    audit.record("download", who=person().id, subject=id, kind=found.kind)
    return send_file(found.file, as_attachment=True, download_name=safe_name(found.title or found.file.name))


def _found(id: str) -> Seen:
    return tasks.find(id, person().id) or abort(404)
