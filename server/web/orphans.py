"""A record whose parent was deleted, and the one press that brings the parent back."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server import office, people, verdicts
from server.office import Change
from server.reading import orphans
from server.reading.orphans import Orphan
from server.reading.words import Words
from server.web import typed
from server.web.guard import person
from server.web.show import my_reach, words


def page(key: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    """What was left, what was deleted, and by whom."""
    orphan, known = _found(key)
    return render_template("orphan.html", orphan=orphan, known=known, warning=warning), status


def decide(key: str, form: Mapping[str, str]) -> ResponseReturnValue:
    """Restores the parent: an op that has seen its deletion. Raises Unfit, Busy."""
    orphan, _known = _found(key)
    if not orphan.matter.is_open:
        return page(key, _("Somebody was faster: this is mended already. Nothing was changed."), 409)
    parent, base = orphan.parent, typed.base(form.get("base", ""))
    restored = Change(parent.type, parent.id, delete=False, base=base, epoch=form.get("epoch") or None)
    office.write(people.author(person()), [restored])
    verdicts.keep(key, person().name)
    flash(_("It is restored. Tablets get it when they next sync."))
    return redirect(url_for("queue.list_page"))


def _found(key: str) -> tuple[Orphan, Words]:
    return orphans.find(key, my_reach(), words()) or abort(404)
