"""An edit and a signature that did not know of each other: an admin who has seen both leaves the record as it is.

That is an op without values: whoever writes in a record, having seen all of it, answers for how it stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server import office, people, verdicts
from server.office import Change
from server.reading import signed
from server.reading.signed import Signed
from server.reading.words import Words
from server.web import remarks, settling, typed
from server.web.guard import person
from server.web.show import my_reach, words


def page(key: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Decided or to be decided."""
    found, known = _found(key)
    return render_template("signed.html", found=found, op=found.op, known=known, warning=warning), status


def decide(key: str, form: Mapping[str, str]) -> ResponseReturnValue:
    """Says that the record stands as it should. Raises Unfit, Busy."""
    found, known = _found(key)
    if not found.matter.is_open:
        return page(key, settling.too_late(), 409)
    base, epoch = typed.base(form.get("base", "")), form.get("epoch") or None
    office.write(people.author(person()), [Change(found.record.type, found.record.id, base=base, epoch=epoch)])
    if _found(key)[0].matter.is_open:
        return page(key, _("Somebody wrote in the record before that. Look at it once more."), 409)
    remarks.send([found.op.device], settling.what(found.op, known), found.record.id)
    verdicts.keep(key, person().name, remarks.remark())
    flash(_("The decision is recorded. Tablets get it when they next sync."))
    return redirect(url_for("queue.list_page"))


def _found(key: str) -> tuple[Signed, Words]:
    return signed.find(key, my_reach(), words()) or abort(404)
