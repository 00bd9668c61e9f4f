"""The journal of a month, handed in: its figures and its visits frozen under a number, as a figure told by phone is
(certificates.py). What is accepted or corrected later stands beside it as «после сдачи» and changes nothing of it; an
admin may open the month again, with a remark, and the old number stays to be seen."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Select, String, Text, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from server import audit, clock, frozen
from server.db import Base, reading, writing
from server.people import Person

SHOWN = 100
REV = struct.Struct(">16sI")


class Row(Base):
    """A month's journal as it was handed in. ``month``: its first day. ``place``: a digest of ``territories`` (JSON,
    among which it was counted, null: all), so that one journal stands for a place and month. ``figures``: JSON.
    ``visits``: ids, 16 bytes each. ``revs``: of all their records, each an id and four bytes of its rev."""

    __tablename__ = "handover"
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    month: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(64))
    territories: Mapped[str] = mapped_column(Text)
    user: Mapped[str] = mapped_column(String(36))
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[int] = mapped_column(BigInteger)
    figures: Mapped[str] = mapped_column(Text)
    visits: Mapped[bytes] = mapped_column(LargeBinary)
    revs: Mapped[bytes] = mapped_column(LargeBinary)
    reopened_by: Mapped[str | None] = mapped_column(String(200))
    reopened_at: Mapped[int | None] = mapped_column(BigInteger)
    remark: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        Index(
            "handover_standing", "month", "place", unique=True,
            sqlite_where=text("reopened_at IS NULL"), postgresql_where=text("reopened_at IS NULL"),
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Handover:
    """``month``: its first day. ``territories``: among which it was counted, None for all. ``by``, ``at`` (Unix ms):
    who handed it in and when. ``figures``: {visits, families, results: {result: visits}}. ``visits``: ids in the order
    of the journal; ``revs``: of all their records; both left out where many are read.
    """

    number: int
    month: date
    territories: frozenset[str] | None
    by: str
    at: int
    figures: dict[str, Any]
    visits: list[str]
    revs: dict[str, int]
    reopened_by: str | None
    reopened_at: int | None
    remark: str | None


class Taken(ValueError):
    """The journal of this month and place is handed in already."""


def hand_in(
    person: Person,
    month: date,
    territories: frozenset[str] | None,
    figures: dict[str, Any],
    visits: Iterable[str],
    revs: Mapping[str, int],
) -> int:
    """Freezes it. Returns its number. Raises Taken."""
    among = frozen.written(territories)
    row = {
        "month": month.isoformat(), "place": _place(among), "territories": among, "user": person.id, "by": person.name,
        "at": clock.now(), "figures": json.dumps(figures), "visits": frozen.packed(visits),
        "revs": b"".join(REV.pack(UUID(id).bytes, rev) for id, rev in revs.items()),
    }  # fmt: skip
    try:
        with writing() as connection:
            number = int(connection.execute(insert(Row).values(row).returning(Row.n)).scalar_one())
    except IntegrityError as error:
        raise Taken from error
    audit.record("journal", who=person.id, subject=str(number), month=month.isoformat(), visits=figures["visits"])
    return number


def reopen(person: Person, number: int, remark: str) -> bool:
    """Opens the month again; False where it is open already."""
    opened = {"reopened_by": person.name, "reopened_at": clock.now(), "remark": remark}
    with writing() as connection:
        query = update(Row).where(Row.n == number, Row.reopened_at.is_(None))
        done = connection.execute(query.values(opened)).rowcount == 1
    if done:
        audit.record("journal.reopened", who=person.id, subject=str(number), reason=remark)
    return done


def find(number: int) -> Handover | None:
    """One with its list."""
    with reading() as connection:
        row = connection.execute(select(Row.__table__).where(Row.n == number)).first()
    return None if row is None else _read(row._mapping, row.visits, row.revs)


def latest(territories: frozenset[str] | None) -> list[Handover]:
    """The last ones without their lists that are of these territories alone (None: all there are), the latest first."""
    with reading() as connection:
        found = (_read(row._mapping, b"", b"") for row in connection.execute(_listed()))
        return frozen.within(found, territories, SHOWN)


def standing(month: date, territories: frozenset[str] | None) -> Handover | None:
    """The one that holds the journal of this month for all of these territories (None: all there are)."""
    query = _listed().where(Row.month == month.isoformat(), Row.reopened_at.is_(None))
    with reading() as connection:
        found = (_read(row._mapping, b"", b"") for row in connection.execute(query))
        return next((each for each in found if frozen.holds(each.territories, territories)), None)


def _listed() -> Select[Any]:
    """Without the lists, the latest first."""
    columns = [column for column in Row.__table__.c if column.name not in ("visits", "revs")]
    return select(*columns).order_by(Row.n.desc())


def _place(among: str) -> str:
    return hashlib.sha256(among.encode()).hexdigest()


def _read(said: Any, visits: bytes, revs: bytes) -> Handover:
    known = {str(UUID(bytes=id)): rev for id, rev in REV.iter_unpack(revs)}
    return Handover(
        said["n"], date.fromisoformat(said["month"]), frozen.read(said["territories"]), said["by"], said["at"],
        json.loads(said["figures"]), frozen.unpacked(visits), known, said["reopened_by"], said["reopened_at"],
        said["remark"],
    )  # fmt: skip
