"""Where a deleted record sat: the id of the record that it hung on, read from its body by an index of its own.

Projections know only what lives; who looks at a family's story asks for what was deleted too. Few records are, so the
index is small.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from server.models import Record

LINKS = ("family", "person", "recipient", "subject", "child", "membership", "visit")
"""In the order in which types look at them (schemas/placement.py: WithParent)."""
IS_DELETED = Record.deleted.is_(True)


class home(FunctionElement[str]):
    """The id of the record that one hangs on, None where it names none."""

    inherit_cache = True
    type = String()

    def __init__(self) -> None:
        super().__init__(Record.body)


@compiles(home, "sqlite")
def _(element: home, compiler: SQLCompiler, **how: Any) -> str:
    (body,) = (compiler.process(each, **how) for each in element.clauses)
    return "coalesce(" + ", ".join(f"json_extract({body}, '$.fields.{link}')" for link in LINKS) + ")"


@compiles(home, "postgresql")
def _(element: home, compiler: SQLCompiler, **how: Any) -> str:
    (body,) = (compiler.process(each, **how) for each in element.clauses)
    return "coalesce(" + ", ".join(f"({body})::json -> 'fields' ->> '{link}'" for link in LINKS) + ")"
