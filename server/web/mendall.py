"""Mending or rejecting all ops with one kind of mistake: a value for all of them where it can tell nobody apart, else
the wrong value is left out."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from server import office, people, settle, verdicts
from server.reading import suggestion
from server.reading.kept import Kept
from server.reading.words import Words
from server.web import correction, remarks, settling
from server.web.correction import Box
from server.web.guard import person
from server.web.typed import Unfit


def boxes(ops: list[Kept]) -> list[Box]:
    """What may be typed for all: the boxes of the first, without those of fields that tell who somebody is."""
    first = next((op for op in ops if correction.can_be_mended(op)), None)
    found = correction.boxes(first) if first else []
    return [box for box in found if first and first.type and not suggestion.identifies(first.type, box.top)]


def carry_out(ops: list[Kept], known: Words, form: Mapping[str, str]) -> int:
    """Does the button that was pressed to each; returns to how many. Raises Unfit."""
    action = {"mend": _mend, "reject": _reject}.get(form.get("action", ""))
    if action is None:
        raise Unfit(_("The form is damaged. Open the page once more."))
    return action([op for op in ops if op.is_open and not op.beyond], known, form)


def _mend(ops: list[Kept], known: Words, form: Mapping[str, str]) -> int:
    mended = [op for op in ops if correction.can_be_mended(op)]
    changes = [correction.read(op, form) for op in mended]
    results = office.write(people.author(person()), changes)
    done = [op for op, result in zip(mended, results, strict=True) if result.outcome != "quarantined"]
    for op in done:
        remarks.send([op.device], settling.what(op, known), op.sent.id)
        verdicts.keep_of_op(op.n, person().name, remarks.remark())
    return len(done)


def _reject(ops: list[Kept], known: Words, form: Mapping[str, str]) -> int:
    said = remarks.remark()
    if not said:
        raise Unfit(_("Write why it is rejected: the remark reaches the tablet."))
    settled = [settle.reject(op.n, said, person().name, f"{settling.what(op, known)}. {said}") for op in ops]
    return sum(not each.late for each in settled)
