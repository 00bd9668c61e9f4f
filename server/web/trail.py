"""The audit as its reader sees it: who read, wrote, took out, decided or was refused what. No record is named here: who
reads the audit sees no family."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server import audit, seal, tasks
from server.reading import trail
from server.tasks import Outcome
from server.web.forms import choice
from server.web.guard import person
from server.web.show import words
from server.web.trailwords import ACTIONS, page_words

MOST = 2**53
pages = Blueprint("trail", __name__, url_prefix="/audit")


@pages.get("")
def page() -> ResponseReturnValue:
    """A page of the audit, the latest first."""
    before = request.args.get("before", type=int)
    before = None if before is None else min(before, MOST)
    who, action, family = choice("who"), choice("action"), choice("family")
    found = audit.entries(who, family, action, before)
    return render_template(
        "trail.html",
        entries=found,
        names=trail.names(found),
        people=trail.people(),
        actions=ACTIONS,
        page_words=page_words,
        wanted={"who": who, "action": action, "family": family},
        more=len(found) == audit.PAGE,
        checks=tasks.latest(person().id, ["audit.verify"]),
        known=words(),
    )


@pages.post("/check")
def check() -> ResponseReturnValue:
    """Makes every digest of history and audit anew and compares them with the sealed blocks."""

    def work(progress: tasks.Progress) -> Outcome:
        broken = seal.verify()
        return Outcome({"broken": [each.block for each in broken]})

    return redirect(url_for("tasks.page", id=tasks.start(person().id, "audit.verify", {}, work)))
