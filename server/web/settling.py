"""Settling an op that waited: released as it stands, or rejected with a remark. The first to decide has the word."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server import settle as service
from server.reading.kept import Kept
from server.reading.words import Words
from server.web import remarks
from server.web.guard import person
from server.web.typed import Unfit

Again = Callable[[str, int], ResponseReturnValue]
"""The same page once more, with a warning and a status."""


def settle(op: Kept, known: Words, form: Mapping[str, str], after: str, again: Again) -> ResponseReturnValue:
    """Carries out the button that was pressed, then goes to the endpoint ``after``. Raises Unfit, Busy."""
    action = {"release": _release, "reject": _reject}.get(form.get("action", ""))
    if op.beyond or (op.is_reused and action is not _reject):
        raise Unfit(_("This cannot be decided here. Nothing was changed."))
    if action is None:
        raise Unfit(_("The form is damaged. Open the page once more."))
    done = action(op, known)
    if done.late:
        return again(too_late(), 409)
    if done.outcome == "quarantined":
        return again(_("It could not be taken over as it is: see below what has to be corrected."), 422)
    return gone_well(done.outcome, after)


def too_late() -> str:
    """What the second of two admins reads."""
    return _("Somebody was faster: this is decided already. Nothing was changed.")


def gone_well(outcome: str, after: str) -> ResponseReturnValue:
    """Says what came of it, and goes on."""
    if outcome == "rejected":
        flash(_("It is rejected. The tablet hears of it, with your remark, when it next syncs."))
    elif outcome == "conflict":
        flash(_("It is taken over, but the same field was changed meanwhile: decide which is right."))
        return redirect(url_for("queue.list_page", kind="dispute"))
    else:
        flash(_("It is taken over. Tablets get it when they next sync."))
    return redirect(url_for(after))


def what(op: Kept, known: Words) -> str:
    """What a word to the tablet is about."""
    return f"{known.title(op.name.type)}: {op.name.text}" if op.name else op.op


def _release(op: Kept, known: Words) -> service.Settled:
    done = service.release(op.n, person().name, remarks.remark())
    if not done.late and done.outcome != "quarantined":
        remarks.send([op.device], what(op, known), op.record.id if op.record else None)
    return done


def _reject(op: Kept, known: Words) -> service.Settled:
    said = remarks.remark()
    if not said:
        raise Unfit(_("Write why it is rejected: the remark reaches the tablet."))
    return service.reject(op.n, said, person().name, f"{what(op, known)}. {said}")
