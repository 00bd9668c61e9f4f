"""One matter of the queue, of whatever kind, and who sees it: whoever sees the record that it is about.

Two records with one value are a matter for those who see both; a proposal about a record that is not there yet, for
those who see its team.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import JSON, ColumnElement, Connection, Row, Select, and_, cast, exists, func, not_, or_, select

from schemas.kinds import LIFE
from server import epoch, register, verdicts
from server.attention import OWN
from server.bulk import among
from server.db import is_sqlite
from server.history import Writer
from server.models import Attention, Device, Op, Record
from server.reading import writers
from server.reading.reach import Reach, is_placed
from server.register import Stored
from server.verdicts import Verdict

BREACHES = ("curators", "rights", "consent", "assessments", "outcomes", "services", "joint", "absent")
KINDS = {
    "dispute": OWN,
    "same": ("same",),
    "signed": ("signed",),
    "orphan": ("orphan",),
    "proposal": ("proposal",),
    "saturated": ("saturated",),
    "breach": BREACHES,
    "overdue": ("overdue",),
    "silent": ("silent",),
}
"""What people call the kinds, and how attention.py and the rulebook do."""
OF_SEVERAL = ("same", "absent")  # a matter for those who see all the records that it names
_KIND_OF = {own: kind for kind, owns in KINDS.items() for own in owns}
_COLUMNS = ("key", "kind", "field", "territory", "detail", "opened_at", "closed_at", "closed_by", "assigned_to")


@dataclass(frozen=True, slots=True)
class Matter:
    """``kind``: of KINDS. ``field``: the one in question, "@life" where an edit met a delete. ``record``: None where a
    proposal is about one that is not there yet. ``detail``: what attention.py keeps of it. ``epoch``: the present one.

    ``closed_by``: the author of the op that closed it (``closing``); ``verdict``: what was said then. ``assigned_to``:
    the person of the office whose matter it is, by id.
    """

    key: str
    kind: str
    type: str
    field: str
    record: Stored | None
    territory: str | None
    opened_at: int
    detail: dict[str, Any]
    epoch: str
    closed_at: int | None
    closed_by: Writer | None
    closing: str | None
    assigned_to: str | None

    @property
    def is_open(self) -> bool:
        """It waits for a decision."""
        return self.closed_at is None

    @property
    def verdict(self) -> Verdict | None:
        """Who decided it and the remark, where that was kept."""
        return verdicts.read(self.detail)

    @property
    def rule(self) -> str:
        """The rule that found it, as attention.py calls the kind."""
        return self.key.partition(":")[0]

    @property
    def op(self) -> str:
        """The op that proposes, or that met a signature."""
        return str(self.detail["op"])


def select_matters(reach: Reach, connection: Connection) -> Select[Any]:
    """Rows for `read`: open and closed ones within reach."""
    entry = [Attention.__table__.c[name] for name in _COLUMNS]
    about = (Attention.type.label("about"), Attention.state.label("entry_state"))
    query = select(*entry, *about, *Record.__table__.c).outerjoin(Record, Record.id == Attention.record)
    return query.where(Attention.kind.in_(_KIND_OF), within(reach, connection))


def within(reach: Reach, connection: Connection) -> ColumnElement[bool]:
    """A condition: this person may see the matter."""
    placed = is_placed(Attention.record)
    op = select(1).join_from(Op, Device, Device.id == Op.device).where(Op.op == func.substr(Attention.key, 10))
    from_a_team = exists(op.where(reach.team(Device.team)))
    known = exists(op.where(reach.knows_all_named_by(Op.n)))
    within_reach = or_(and_(placed, reach.has(Attention.record)), and_(not_(placed), from_a_team))
    return or_(
        and_(Attention.kind.in_(OF_SEVERAL), not_(_names_a_stranger(reach, connection))),
        and_(Attention.kind == "proposal", within_reach, known),
        and_(
            Attention.kind == "silent", exists(select(1).where(Device.id == Attention.record, reach.team(Device.team)))
        ),
        and_(Attention.kind.not_in((*OF_SEVERAL, "proposal", "silent")), reach.has(Attention.record)),
    )


def _names_a_stranger(reach: Reach, connection: Connection) -> ColumnElement[bool]:
    """A condition: one of the records that share a value is out of reach."""
    if is_sqlite(connection):
        named = func.json_each(Attention.detail, "$.records").table_valued("value")
    else:
        named = func.json_array_elements_text(cast(Attention.detail, JSON)["records"]).table_valued("value")
    return exists(select(1).select_from(named).where(not_(reach.has(named.c.value))))


def read(rows: list[Row[Any]], connection: Connection) -> list[Matter]:
    """The matters of these rows."""
    who = writers.of_ops((row.closed_by for row in rows if row.closed_by), connection)
    present = epoch.of(connection)
    return [
        Matter(
            key=row.key,
            kind=_KIND_OF[row.kind],
            type=row.about,
            field=row.field or LIFE,
            record=register.stored(row) if row.id else None,
            territory=row.territory,
            opened_at=row.opened_at,
            detail=orjson.loads(row.detail),
            epoch=present,
            closed_at=None if row.entry_state == "open" else row.closed_at,
            closed_by=who.get(row.closed_by or ""),
            closing=row.closed_by,
            assigned_to=row.assigned_to,
        )
        for row in rows
    ]


def find(key: str, reach: Reach, connection: Connection) -> Matter | None:
    """One, open or closed; None where there is none within reach."""
    rows = list(connection.execute(select_matters(reach, connection).where(Attention.key == key)))
    return next(iter(read(rows, connection)), None)


def several(keys: Iterable[str], reach: Reach, connection: Connection) -> list[Matter]:
    """Those of these that are within reach, the longest waiting first."""
    query = select_matters(reach, connection).where(among(Attention.__table__.c.key, sorted(keys)))
    return read(list(connection.execute(query.order_by(Attention.opened_at, Attention.key))), connection)
