"""Once a day: what the new day has made a matter though nobody wrote anything (server/rulebook, rules with `due`).

Asked by the first batch of a day, at every start and by `vyezd overdue`. The day of the last time is kept, so that
only what became due since then is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server import clock, epoch, memo, reference, rules
from server.db import reading, writing
from server.inbox import chunks
from server.judging import Questions
from server.register import Register
from server.rulebook import RULES
from server.rulebook.base import View

log = structlog.get_logger()
DAY = "overdue"
FIRST = "0000-00-00"
PART = 200


def sweep(now: int | None = None) -> int:
    """Opens and closes what the days since the last time have changed. Returns how many keys were looked at; 0 when
    this day has been seen to."""
    now = clock.now() if now is None else now
    today = clock.local_day(now)
    with reading() as connection:
        since = memo.get(connection, DAY) or FIRST
        if since >= today:
            return 0
        asked = list(_asked(connection, since, now))
    for kind, keys in asked:
        reference.forget()
        reference.current()
        with writing() as connection:
            questions = Questions(_view(connection, now), {kind: keys})
            rules.lock(connection, questions.locks())
            questions.answer()
    with writing() as connection:
        memo.put(connection, DAY, today)
    return sum(len(keys) for _, keys in asked)


def sweep_daily() -> None:
    """The same, asked once a day by each process. Never raises: whoever asks has other work, and it is asked again."""
    now = clock.now()
    today = clock.local_day(now)
    if current_app.extensions.get("vyezd.overdue") != today:
        current_app.extensions["vyezd.overdue"] = today
        try:
            sweep(now)
        except SQLAlchemyError:
            log.exception("overdue.failed")
            current_app.extensions.pop("vyezd.overdue")


def _asked(connection: Connection, since: str, now: int) -> Iterator[tuple[str, set[str]]]:
    """(kind of rule, keys) in parts that one transaction can hold."""
    view = _view(connection, now)
    for rule in RULES:
        keys = sorted(rule.due(view, since)) if rule.due else []
        yield from ((rule.kind, set(part)) for part in chunks(keys, PART))


def _view(connection: Connection, now: int) -> View:
    return View(connection, Register(connection, epoch.lives(connection), locking=False), clock.local_day(now), now)
