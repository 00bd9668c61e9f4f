"""What requires mending: the ops that wait, and one of them with what is wrong beside what was sent."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from schemas.messages import Errors
from server import office, people, verdicts
from server.reading import kept, mistakes, settlement
from server.reading.kept import KINDS, Kept
from server.reading.mistakes import Mistake
from server.reading.words import Words
from server.repeats import Busy
from server.roles import Right
from server.web import correction, mendall, remarks, settling
from server.web.correction import Wrong
from server.web.forms import choice, one_of, page_number
from server.web.guard import needs, person
from server.web.show import my_reach, words
from server.web.typed import Unfit

pages = Blueprint("mending", __name__, url_prefix="/mending")


@pages.get("")
def list_page() -> ResponseReturnValue:
    """What waits, the longest waiting first; of all tablets or of one."""
    kind, tablet = one_of("kind", KINDS), choice("tablet")
    page, known = kept.listed(my_reach(), words(), kind, tablet, page_number())
    several = mistakes.mistakes(my_reach())
    return render_template("mending.html", page=page, known=known, kind=kind, tablet=tablet, several=several)


@pages.get("/all/<key>")
def all_page(key: str) -> ResponseReturnValue:
    """All that wait with one kind of mistake."""
    return _all(key)


@pages.post("/all/<key>")
@needs(Right.DECIDE)
def decide_all(key: str) -> ResponseReturnValue:
    """Mends or rejects them together."""
    _mistake, ops, known = _kind(key)
    try:
        done = mendall.carry_out(ops, known, request.form)
    except Unfit as error:
        return _all(key, str(error), 422)
    flash(ngettext("%(num)s record is settled.", "%(num)s records are settled.", done))
    return redirect(url_for("mending.list_page"))


@pages.get("/<op>")
def page(op: str) -> ResponseReturnValue:
    """One op: waiting or settled."""
    found, known = _found(op)
    if found.is_open and found.why == "proposal":
        return redirect(url_for("queue.page", key=f"proposal:{found.op}"))
    return _page(found, known)


@pages.post("/<op>")
@needs(Right.DECIDE)
def decide(op: str) -> ResponseReturnValue:
    """Releases, rejects or mends it, unless somebody was faster."""
    found, known = _found(op)
    try:
        if request.form.get("action") == "mend":
            return _mend(found, known)
        return settling.settle(found, known, request.form, "mending.list_page", lambda *said: _again(op, *said))
    except Wrong as wrong:
        return _again(op, str(wrong), 422, wrong.errors)
    except Unfit as error:
        return _again(op, str(error), 422)
    except Busy:
        return _again(op, _("The server is busy. The decision is stored and takes effect in a minute."), 503)


def _mend(op: Kept, known: Words) -> ResponseReturnValue:
    if not op.is_open:
        return _again(op.op, settling.too_late(), 409)
    if op.beyond or not correction.can_be_mended(op):
        raise Unfit(_("This cannot be decided here. Nothing was changed."))
    (result,) = office.write(people.author(person()), [correction.read(op, request.form)])
    if result.outcome == "quarantined":
        raise Wrong(result.errors or {})
    settled = settlement.of(_found(op.op)[0])
    if settled is None or settled.mend != result.op:
        return _again(op.op, settling.too_late(), 409)
    remarks.send([op.device], settling.what(op, known), op.sent.id)
    verdicts.keep_of_op(op.n, person().name, remarks.remark())
    return settling.gone_well(result.outcome, "mending.list_page")


def _kind(key: str) -> tuple[Mistake, list[Kept], Words]:
    return mistakes.find(key, my_reach(), words()) or abort(404)


def _all(key: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    mistake, ops, known = _kind(key)
    boxes = mendall.boxes(ops)
    page = render_template("mendall.html", mistake=mistake, ops=ops, known=known, boxes=boxes, warning=warning)
    return page, status


def _found(op: str) -> tuple[Kept, Words]:
    return kept.find(op, my_reach(), words()) or abort(404)


def _again(op: str, warning: str, status: int, errors: Errors | None = None) -> ResponseReturnValue:
    return _page(*_found(op), warning, status, errors)


def _page(
    op: Kept, known: Words, warning: str | None = None, status: int = 200, errors: Errors | None = None
) -> ResponseReturnValue:
    mendable = correction.can_be_mended(op)
    page = render_template(
        "kept.html",
        op=op,
        known=known,
        warning=warning,
        settled=settlement.of(op),
        errors=errors or op.errors,
        boxes=correction.boxes(op) if mendable else [],
        left_out=correction.left_out(op) if mendable else [],
        can_mend=mendable,
    )
    return page, status
