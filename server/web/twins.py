"""One value in two records, side by side: the number is corrected where it is wrong, which is one more op."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from schemas import registry
from server import office, people, verdicts
from server.office import Change
from server.reading import twins
from server.reading.twins import Twins
from server.reading.words import Words
from server.web import typed
from server.web.guard import person
from server.web.show import my_reach, words
from server.web.typed import Unfit


def page(key: str, warning: str | None = None, status: int = 200) -> ResponseReturnValue:
    """Mended or to be mended."""
    found, known = _found(key)
    field = registry.types()[found.matter.type].fields[found.matter.field]
    return render_template("twins.html", found=found, known=known, field=field, warning=warning), status


def decide(key: str, form: Mapping[str, str]) -> ResponseReturnValue:
    """Corrects the value in one of the records. Raises Unfit, Busy."""
    found, _known = _found(key)
    if not found.matter.is_open:
        return page(key, _("Somebody was faster: this is mended already. Nothing was changed."), 409)
    (result,) = office.write(people.author(person()), [_change(found, form)])
    verdicts.keep(key, person().name)
    if result.outcome == "conflict":
        flash(_("It is written, but somebody changed the same field meanwhile: decide which is right."))
        return redirect(url_for("queue.list_page", kind="dispute"))
    flash(_("It is corrected. Tablets get it when they next sync."))
    return redirect(url_for("queue.list_page"))


def _found(key: str) -> tuple[Twins, Words]:
    return twins.find(key, my_reach(), words()) or abort(404)


def _change(found: Twins, form: Mapping[str, str]) -> Change:
    """The correction that a form asks for; an empty box takes the value out."""
    matter = found.matter
    record = next((twin.record for twin in found.twins if twin.record.id == form.get("record")), None)
    if record is None:
        raise Unfit(_("The form is damaged. Open the page once more."))
    value = _value(matter.type, matter.field, form.get("value", "").strip())
    if value == found.value:
        raise Unfit(_("This is the number that stands in both records: write what is in the document."))
    seen: dict[str, Any] = {"base": typed.base(form.get("base", "")), "epoch": form.get("epoch") or None}
    return Change(matter.type, record.id, set={matter.field: value}, **seen)


def _value(type_name: str, field: str, text: str) -> Any:
    if not text:
        return None
    declared = registry.types()[type_name].fields[field]
    typed.check(type_name, field, typed.read(declared, text))
    return declared.deserialize(typed.read(declared, text))
