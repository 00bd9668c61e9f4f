"""Reading a decision from its form: a candidate or a value of one's own becomes the change that the office writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from schemas import registry
from schemas.fields import Field, States
from schemas.kinds import LIFE
from server.office import Change
from server.reading.disputes import Dispute
from server.web import typed
from server.web.typed import Unfit

OWN = "own"


def own_field(dispute: Dispute) -> Field | None:
    """The field that a value of one's own may be typed for, None where only a candidate can be chosen."""
    schema = registry.get(dispute.record.type)
    field = schema.fields.get(dispute.field) if schema else None
    return field if typed.has_box(field) else None


def read(dispute: Dispute, form: Mapping[str, str]) -> Change:
    """The change that decides. Raises Unfit."""
    value = _value(dispute, form)
    seen: dict[str, Any] = {"base": typed.base(form.get("base", "")), "epoch": form.get("epoch") or None}
    if dispute.field == LIFE:
        return Change(dispute.record.type, dispute.record.id, delete=bool(value), **seen)
    return Change(dispute.record.type, dispute.record.id, set={dispute.field: _checked(dispute, value)}, **seen)


def _value(dispute: Dispute, form: Mapping[str, str]) -> Any:
    chosen = form.get("choice")
    if chosen == OWN and (field := own_field(dispute)):
        text = form.get(OWN, "").strip()
        if not text:
            raise Unfit(_("Fill in your own value or choose another."))
        return typed.read(field, text)
    for candidate in dispute.candidates:
        if candidate.op == chosen:
            return candidate.value
    raise Unfit(
        _("This value has been taken back meanwhile. Choose again.") if chosen else _("Choose one of the values.")
    )


def _checked(dispute: Dispute, value: Any) -> Any:
    """The value as an op writes it. A state is written as a step from one that it may follow."""
    field = registry.types()[dispute.record.type].fields[dispute.field]
    if isinstance(field, States):
        value = typed.step(field, value, [dispute.agreed, *(candidate.value for candidate in dispute.candidates)])
    typed.check(dispute.record.type, dispute.field, value)
    return value
