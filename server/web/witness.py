"""What a person does on the pages goes into the audit, whichever page it is: read, written, refused.

Pages that know more say more themselves (audit.record). The words that somebody searched for are people's data, and are
not kept.
"""

from __future__ import annotations

import re

from flask import Flask, Response, request

from server import audit, people
from server.reading import subjects
from server.web.guard import visitor

UNTOLD = {"static", "language.choose", "security.login", "security.logout", "account.change"}
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REFUSALS = {401, 403, 404}


def init_witness(app: Flask) -> None:
    """Notes each request of a person who has signed in."""
    app.after_request(_note)


def _note(answer: Response) -> Response:
    if request.endpoint not in UNTOLD and not request.path.startswith("/api/"):
        person = visitor()
        action = _action(answer.status_code)
        if person and action:
            _record(person, action, answer.status_code)
    return answer


def _action(status: int) -> str | None:
    if status in REFUSALS:
        return "refused"
    if request.method in ("GET", "HEAD"):
        return "read" if status == 200 else None
    return "write" if status < 400 else None


def _record(person: people.Person, action: str, status: int) -> None:
    """``subject``: the id in the address; ``family``: the one it belongs to."""
    named = request.view_args or {}
    subject = next((str(each) for each in named.values()), None)
    id = UUID.search(subject) if subject else None
    family = subjects.family_of(id[0]) if id and action != "refused" else None
    page = request.endpoint or "none"
    audit.record(action, who=person.id, subject=subject, family=family, page=page, status=status)
