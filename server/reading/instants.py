"""Moments in SQL. Records keep them as RFC 3339 texts with the offset of who wrote them.

Such texts compare as text only where their offsets are equal. `instant` compares them all; `during` narrows by text
first, so that an index helps.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Double, and_, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

DAY = timedelta(days=1)


class instant(FunctionElement[float]):
    """Unix seconds of an RFC 3339 text, NULL of NULL."""

    type = Double()
    inherit_cache = True


@compiles(instant, "sqlite")
def _sqlite(element: instant, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(instant, "postgresql")
def _postgresql(element: instant, compiler: SQLCompiler, **options: Any) -> str:
    return f"EXTRACT(EPOCH FROM CAST({compiler.process(element.clauses, **options)} AS timestamptz))"


def during(moment: ColumnElement[str], since: date, until: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """A condition: the moment lies in these local days, both included. Only moments near the ends are computed with."""
    first = datetime.combine(since, time(), zone).timestamp()
    end = datetime.combine(until + DAY, time(), zone).timestamp()
    nearby = and_(moment >= (since - DAY).isoformat(), moment < (until + 2 * DAY).isoformat())
    well_inside = and_(moment >= (since + DAY).isoformat(), moment < until.isoformat())
    return and_(nearby, or_(well_inside, and_(instant(moment) >= first, instant(moment) < end)))
