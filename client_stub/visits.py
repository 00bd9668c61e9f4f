"""A visit as a worker tells it becomes the changes of one op."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from client_stub.labels import choices, field_label
from client_stub.problems import Trouble
from client_stub.words import Lang
from schemas.text import fold


def visit_change(
    family: str, told: Mapping[str, Any], result: str, added: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    """The `set` and `add` of a new visit's op: ``told`` are plain fields (None: not told), ``added`` sets and
    logs.
    """
    fields = {name: value for name, value in told.items() if value is not None}
    return {
        "set": {"family": family, "result": {"from": None, "to": result}, **fields},
        "add": {name: list(values) for name, values in added.items() if values},
    }


def choose(type: str, name: str, text: str, lang: Lang) -> str:
    """The value of a list field that is meant by its name or the beginning of its label. Raises Trouble
    `not_listed`.
    """
    known = choices(type, name, lang)
    meant = [value for value, label in known.items() if text == value or fold(label).startswith(fold(text))]
    if len(meant) == 1:
        return meant[0]
    listed = "; ".join(f"{value} — {label}" for value, label in known.items())
    raise Trouble("not_listed", field=field_label(type, name, lang), text=text, listed=listed)
