"""«Справка по звонку»: a figure that was told by phone, frozen under a number with its filter, its list and the moment,
so that it can be told again tomorrow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select

from server import clock, frozen
from server.db import reading, writing
from server.models import Certificate as Row
from server.people import Person

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Certificate:
    """``at``: Unix ms. ``day``: ISO, the day that the figure is of. ``wanted``: the filter. ``territories``: among
    which it was counted, None for all. ``families``: ids in the order of the list; left out where many are read."""

    number: int
    by: str
    at: int
    day: str
    note: str
    wanted: dict[str, str]
    territories: frozenset[str] | None
    figure: int
    families: list[str]


def freeze(
    person: Person,
    day: str,
    note: str,
    wanted: Mapping[str, str],
    territories: frozenset[str] | None,
    families: Iterable[str],
) -> int:
    """Keeps the figure and its list. Returns its number."""
    ids = list(families)
    row = {
        "user": person.id, "by": person.name, "at": clock.now(), "day": day, "note": note,
        "wanted": json.dumps(dict(wanted), ensure_ascii=False),
        "territories": frozen.written(territories), "figure": len(ids), "families": frozen.packed(ids),
    }  # fmt: skip
    with writing() as connection:
        return int(connection.execute(insert(Row).values(row).returning(Row.n)).scalar_one())


def find(number: int) -> Certificate | None:
    """One with its list."""
    with reading() as connection:
        row = connection.execute(select(Row.__table__).where(Row.n == number)).first()
    return None if row is None else _read(row, row.families)


def latest(territories: frozenset[str] | None) -> list[Certificate]:
    """The last ones without their lists that are of these territories alone (None: all there are), the latest first."""
    columns = [column for column in Row.__table__.c if column.name != "families"]
    with reading() as connection:
        found = (_read(row, b"") for row in connection.execute(select(*columns).order_by(Row.n.desc())))
        return frozen.within(found, territories, SHOWN)


def _read(row: object, families: bytes) -> Certificate:
    said = row._mapping  # type: ignore[attr-defined]
    return Certificate(
        said["n"], said["by"], said["at"], said["day"], said["note"], json.loads(said["wanted"]),
        frozen.read(said["territories"]), said["figure"], frozen.unpacked(families),
    )  # fmt: skip
