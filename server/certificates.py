"""«Справка по звонку»: a figure that was told by phone, frozen under a number with its filter, its list and the moment,
so that it can be told again tomorrow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select

from server import clock
from server.db import reading, writing
from server.models import Certificate as Row
from server.people import Person

ID_BYTES = 16
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
        "territories": json.dumps(None if territories is None else sorted(territories)),
        "figure": len(ids), "families": packed(ids),
    }  # fmt: skip
    with writing() as connection:
        return int(connection.execute(insert(Row).values(row).returning(Row.n)).scalar_one())


def find(number: int) -> Certificate | None:
    """One with its list."""
    with reading() as connection:
        row = connection.execute(select(Row.__table__).where(Row.n == number)).first()
    return None if row is None else _read(row, row.families)


def latest() -> list[Certificate]:
    """The last ones without their lists, the latest first."""
    columns = [column for column in Row.__table__.c if column.name != "families"]
    with reading() as connection:
        rows = connection.execute(select(*columns).order_by(Row.n.desc()).limit(SHOWN))
        return [_read(row, b"") for row in rows]


def _read(row: object, families: bytes) -> Certificate:
    said = row._mapping  # type: ignore[attr-defined]
    among = json.loads(said["territories"])
    return Certificate(
        said["n"], said["by"], said["at"], said["day"], said["note"], json.loads(said["wanted"]),
        None if among is None else frozenset(among), said["figure"],
        unpacked(families),
    )  # fmt: skip


def packed(ids: Iterable[str]) -> bytes:
    """A list of ids as it is kept: 16 bytes each."""
    return b"".join(UUID(id).bytes for id in ids)


def unpacked(kept: bytes) -> list[str]:
    """The same as ids."""
    return [str(UUID(bytes=kept[at : at + ID_BYTES])) for at in range(0, len(kept), ID_BYTES)]
