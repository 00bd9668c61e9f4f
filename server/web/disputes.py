"""A расхождение with its candidates side by side, and the decision, which is one more op."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server import office, people, verdicts
from server.reading import disputes
from server.reading.disputes import Dispute
from server.reading.words import Words
from server.web import decision, remarks
from server.web.guard import person
from server.web.show import my_reach, places_of, words


def page(key: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Decided or to be decided."""
    dispute, known = _found(key)
    own = decision.own_field(dispute)
    parts = {"dispute": dispute, "known": known, "own": own, "choices": places_of(own)}
    return render_template("dispute.html", warning=warning, **parts), status


def decide(key: str, form: Mapping[str, str]) -> ResponseReturnValue:
    """Writes the decision as an op that has seen what was on screen and nothing later. Raises Unfit, Busy."""
    dispute, known = _found(key)
    if not dispute.matter.is_open:
        return page(key, _("Somebody was faster: this is decided already. Nothing was changed."), 409)
    (result,) = office.write(people.author(person()), [decision.read(dispute, form)])
    remarks.send(disputes.tablets_of(dispute), _what(dispute, known), dispute.record.id)
    verdicts.keep(key, person().name, remarks.remark())
    if result.outcome == "conflict":
        flash(_("The decision is recorded, but another value has arrived meanwhile. Decide once more."))
        return redirect(url_for("queue.page", key=key))
    flash(_("The decision is recorded. Tablets get it when they next sync."))
    return redirect(url_for("queue.list_page"))


def _found(key: str) -> tuple[Dispute, Words]:
    return disputes.find(key, my_reach(), words()) or abort(404)


def _what(dispute: Dispute, known: Words) -> str:
    return f"{known.title(dispute.record.type)}: {known.label(dispute.record.type, dispute.field)}"
