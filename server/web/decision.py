"""Reading a decision from its form: a candidate or a value of one's own becomes the change that the office writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from schemas import registry
from schemas.clock import stamp_of
from schemas.fields import Bool, DateTime, Field, Int, ListOf, Num, Obj, Ref, States
from schemas.kinds import LIFE
from schemas.messages import say
from server import clock
from server.office import Change
from server.reading.queue import Matter
from server.web.languages import language

OWN = "own"
REMARK = 1_000
CHOSEN_FROM_A_LIST = ("territory", "team")


class Unfit(ValueError):
    """The form cannot be carried out; the message says why, in the reader's language."""


def own_field(matter: Matter) -> Field | None:
    """The field that a value of one's own may be typed for, None where only a candidate can be chosen."""
    schema = registry.get(matter.record.type)
    field = schema.fields.get(matter.field) if schema else None
    if isinstance(field, Obj | ListOf) or (isinstance(field, Ref) and field.to not in CHOSEN_FROM_A_LIST):
        return None
    return field


def read(matter: Matter, form: Mapping[str, str]) -> Change:
    """The change that decides. Raises Unfit."""
    value = _value(matter, form)
    seen: dict[str, Any] = {"base": _base(form), "epoch": form.get("epoch") or None}
    if matter.field == LIFE:
        return Change(matter.record.type, matter.record.id, delete=bool(value), **seen)
    return Change(matter.record.type, matter.record.id, set={matter.field: _checked(matter, value)}, **seen)


def _base(form: Mapping[str, str]) -> int:
    try:
        return max(0, int(form.get("base", "")))
    except ValueError:
        raise Unfit(_("The form is damaged. Open the page once more.")) from None


def _value(matter: Matter, form: Mapping[str, str]) -> Any:
    chosen = form.get("choice")
    if chosen == OWN and (field := own_field(matter)):
        return _typed(field, form.get(OWN, "").strip())
    for candidate in matter.candidates:
        if candidate.op == chosen:
            return candidate.value
    raise Unfit(
        _("This value has been taken back meanwhile. Choose again.") if chosen else _("Choose one of the values.")
    )


def _typed(field: Field, text: str) -> Any:
    """A typed text as the JSON value of a field."""
    if not text:
        raise Unfit(_("Fill in your own value or choose another."))
    if isinstance(field, Bool):
        return text == "true"
    if isinstance(field, Int | Num):
        return _number(field, text)
    return _local(text) if isinstance(field, DateTime) else text


def _number(field: Field, text: str) -> int | float:
    try:
        return int(text) if isinstance(field, Int) else float(text.replace(",", "."))
    except ValueError:
        raise Unfit(say("type.number", language())) from None


def _local(text: str) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=current_app.config["VYEZD"].timezone).isoformat()
    except ValueError:
        raise Unfit(say("type.datetime", language())) from None


def _checked(matter: Matter, value: Any) -> Any:
    """The value as an op writes it. A state is written as a step from one that it may follow."""
    schema = registry.types()[matter.record.type]
    field = schema.fields[matter.field]
    if isinstance(field, States):
        value = {"from": _before(field, value, matter), "to": value}
    _, errors = schema.check({"set": {matter.field: value}, "at": stamp_of(clock.now())})
    if errors:
        raise Unfit(" ".join(say(code, language()) for codes in errors.values() for code in codes))
    return value


def _before(field: States, value: str, matter: Matter) -> str | None:
    earlier = [matter.agreed, *(candidate.value for candidate in matter.candidates)]
    return next((state for state in earlier if value in field.transitions.get(state, ())), None)
