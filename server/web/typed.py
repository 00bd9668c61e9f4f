"""Typing a field's value: which fields a form has a box for, and how a typed text becomes a JSON value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from schemas import registry
from schemas.clock import stamp_of
from schemas.fields import Bool, DateTime, Field, Int, ListOf, Num, Obj, PartialDate, Ref, States
from schemas.messages import say
from server import clock
from server.web.languages import language

CHOSEN_FROM_A_LIST = ("territory", "team")


class Unfit(ValueError):
    """The form cannot be carried out; the message says why, in the reader's language."""


def has_box(field: Field | None) -> bool:
    """Whether a value of this field can be typed or chosen."""
    if field is None or isinstance(field, Obj | ListOf):
        return False
    return not isinstance(field, Ref) or field.to in CHOSEN_FROM_A_LIST


def read(field: Field, text: str) -> Any:
    """A typed text that is not empty as the JSON value of a field. Raises Unfit."""
    if isinstance(field, Bool):
        return text == "true"
    if isinstance(field, Int | Num):
        return _number(field, text)
    if isinstance(field, PartialDate):
        return _iso(text)
    return _local(text) if isinstance(field, DateTime) else text


def written(value: Any) -> str:
    """A JSON value as its box holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return written(value.get("to"))
    return str(value) if isinstance(value, str | int | float) else ""


def box(form: Mapping[str, str], name: str, before: str) -> tuple[str, str]:
    """What a box of a form held when it was shown, and what it holds now. ``before``: what it would hold by the record
    as it is, where the form does not say: others may have written since. Browsers end lines their own way."""
    was = form.get(f"was_{name}", before)
    return _lines(was), _lines(form.get(name, was))


def _lines(text: str) -> str:
    return "\n".join(text.splitlines()).strip()


def base(text: str) -> int:
    """The rev that a form was made for. Raises Unfit."""
    try:
        return max(0, int(text))
    except ValueError:
        raise Unfit(_("The form is damaged. Open the page once more.")) from None


def step(field: States, to: str, earlier: Iterable[Any]) -> dict[str, str | None]:
    """A state as an op writes it: a step from the first of these states that it may follow."""
    before = next((state for state in earlier if to in field.transitions.get(state, ())), None)
    return {"from": before, "to": to}


def check(type_name: str, field: str, value: Any) -> None:
    """Raises Unfit for a value that no op may write."""
    _, errors = registry.types()[type_name].check({"set": {field: value}, "at": stamp_of(clock.now())})
    if errors:
        raise Unfit(" ".join(say(code, language()) for codes in errors.values() for code in codes))


def _iso(text: str) -> str:
    """A day or month as people write it, 3.05.2014 or 05.2014, as ISO; anything else as it is."""
    parts = text.split(".")
    if not all(part.isdigit() for part in parts):
        return text
    return "-".join(part.zfill(2) for part in reversed(parts))


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
