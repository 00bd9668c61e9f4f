"""A расхождение with its candidates side by side, and the decision, which is one more op."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from server import office, people, verdicts
from server.office import Change
from server.reading import disputes, effects, suggestion
from server.reading.disputes import Dispute
from server.reading.words import Words
from server.web import decision, remarks
from server.web.guard import person
from server.web.show import my_reach, words
from server.web.typed import Unfit


def page(key: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Decided or to be decided."""
    dispute, known = _found(key)
    own = decision.own_field(dispute)
    is_open = dispute.matter.is_open
    page = render_template(
        "dispute.html",
        dispute=dispute,
        known=known,
        own=own,
        warning=warning,
        suggestion=suggestion.suggest(dispute.record.type, dispute.field, dispute.candidates),
        effects=effects.effects(dispute) if is_open else {},
        can_be_undone=disputes.can_be_undone(dispute),
    )
    return page, status


def decide(key: str, form: Mapping[str, str]) -> ResponseReturnValue:
    """Writes the decision as an op that has seen what was on screen and nothing later, or takes one back. Raises
    Unfit, Busy."""
    dispute, known = _found(key)
    if form.get("action") == "undo":
        return _undo(key, dispute)
    if not dispute.matter.is_open:
        return page(key, _("Somebody was faster: this is decided already. Nothing was changed."), 409)
    (result,) = office.write(people.author(person()), [decision.read(dispute, form)])
    remarks.send(disputes.tablets_of(dispute), _what(dispute, known), dispute.record.id)
    verdicts.keep(key, person().name, remarks.remark())
    if result.outcome == "conflict":
        flash(_("The decision is recorded, but another value has arrived meanwhile. Decide once more."))
        return redirect(url_for("queue.page", key=key))
    _say_how_to_undo(key)
    following = disputes.next_after(key, my_reach()) if form.get("then") == "next" else None
    return redirect(url_for("queue.page", key=following) if following else url_for("queue.list_page"))


def take_suggested(seen: Mapping[str, str]) -> int:
    """Decides these (key → the rev that was on screen) as is suggested, as far as that may be done together and nothing
    was written since; returns how many."""
    found = [
        (each, guess.op)
        for each in disputes.several(seen, my_reach())
        if seen[each.matter.key] == str(each.record.rev)
        and (guess := suggestion.suggest(each.record.type, each.field, each.candidates))
        and not suggestion.identifies(each.record.type, each.field)
    ]
    changes = [decision.read(each, {"choice": op, "base": str(each.record.rev)}) for each, op in found]
    results = office.write(people.author(person()), changes)
    for each, _op in found:
        verdicts.keep(each.matter.key, person().name, str(_("As suggested.")))
    return sum(result.outcome != "conflict" for result in results)


def _undo(key: str, dispute: Dispute) -> ResponseReturnValue:
    """Takes the decision out of the record: what it decided between stands against each other again."""
    if not disputes.can_be_undone(dispute):
        raise Unfit(_("This cannot be undone: the record was written on another way. Correct it on its own page."))
    closing, record = str(dispute.matter.closing), dispute.record
    office.write(people.author(person()), [Change(record.type, record.id, base=record.rev, void=[closing])])
    if _found(key)[0].matter.is_open:
        flash(_("The decision is undone: it waits to be decided again."))
    else:
        flash(_("The decision is undone, but somebody has written another value since: that one is in force."))
    return redirect(url_for("queue.page", key=key))


def _say_how_to_undo(key: str) -> None:
    link = Markup('{} <a href="{}">{}</a>')
    said = _("The decision is recorded. Tablets get it when they next sync.")
    flash(link.format(said, url_for("queue.page", key=key), _("See it or undo it")))


def _found(key: str) -> tuple[Dispute, Words]:
    return disputes.find(key, my_reach(), words()) or abort(404)


def _what(dispute: Dispute, known: Words) -> str:
    return f"{known.title(dispute.record.type)}: {known.label(dispute.record.type, dispute.field)}"
