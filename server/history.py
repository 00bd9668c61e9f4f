"""The story of a record: every value it ever had, who wrote it, when, on which tablet, and what became of it.

Told from the stored ops by the pure functions of sync.story; here the ops are read back and names are put to ids.
What `vyezd explain`, the family card and the queue of расхождения show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, select

import sync
from schemas import registry, versions
from schemas.kinds import LIFE
from schemas.wire import read_op
from server import epoch, mends, reference, verdicts
from server.db import reading
from server.inbox import Original
from server.models import Device, Op, User
from server.verdicts import Verdict
from sync import story as stories


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote an op, in words for people. ``device`` is the tablet's name; ``kind``: tablet, office, import."""

    name: str
    phone: str | None
    team: str | None
    device: str
    kind: str


@dataclass(frozen=True, slots=True)
class Told:
    """One value in the story of a field.

    ``fate``: shown, candidate, replaced, concurrent, removed, entry, voided. ``rule``: code of the rule that decided.
    ``at``: the effective stamp. ``replaced_by``: the op that knowingly replaced or voided it. ``decided_by``: who of
    the office released the op, or mended it; None for one that needed nobody.
    """

    field: str
    value: Any
    op: str
    at: str
    received_at: int
    writer: Writer
    fate: str
    rule: str
    replaced_by: str | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """``fields``: field → its values, oldest first. ``kept``: ops of this record that were stored or quarantined, not
    merged; ``rejected``: what was said of those that the office rejected."""

    record: str
    type: str
    fields: dict[str, list[Told]]
    agreed: dict[str, Any]
    kept: int
    rejected: list[Verdict]


class UnknownRecord(ValueError):
    """No op ever named this record."""


def story(record_id: str) -> Story:
    """Raises UnknownRecord."""
    reference.current()
    with reading() as connection:
        rows = _rows(connection, record_id)
        if not rows:
            raise UnknownRecord(record_id)
        writers = _writers(connection, rows)
        origins = mends.originals(connection, sorted({row.mends for row in rows if row.mends}))
        lives = epoch.lives(connection)
        decided = _decided(connection, rows, origins)
    merged = [row for row in rows if row.state in mends.MERGED and row.body is not None]
    ops = [_op(row, origins) for row in merged]
    revs = {row.op: sync.carried_revs(((row.epoch, row.rev),), lives) for row in merged}
    type_name = next(row.type for row in rows if row.type)
    rules = registry.rules(type_name)
    told = stories.tell(ops, rules, revs)
    by_op = {row.op: row for row in merged}
    fields = {
        name: [_told(name, entry, by_op[entry.version.op], writers, decided) for entry in entries]
        for name, entries in told.items()
    }
    disputed = [name for name, entries in told.items() if name != LIFE and _is_disputed(entries)]
    agreed = {name: stories.agreed(ops, rules, revs, name) for name in disputed}
    rejected = [decided[row.n] for row in rows if row.state == "rejected" and row.n in decided]
    return Story(record_id, type_name, fields, agreed, len(rows) - len(merged), rejected)


def ops_of(connection: Connection, record_id: str) -> list[tuple[sync.Op, str, int]]:
    """The ops that were merged into a record, in the order of their arrival, each with the epoch and rev it was
    given."""
    rows = [row for row in _rows(connection, record_id) if row.state in mends.MERGED and row.body is not None]
    origins = mends.originals(connection, sorted({row.mends for row in rows if row.mends}))
    return [(_op(row, origins), row.epoch, row.rev) for row in rows]


def held_back(connection: Connection, record_id: str) -> list[tuple[sync.Op, str, int | None]]:
    """The ops on a record that are stored and wait for no other record: what a signature keeps out is among them. With
    the epoch and rev of those that had been merged."""
    rows = [row for row in _rows(connection, record_id) if row.state == "stored" and row.waits is None and row.body]
    origins = mends.originals(connection, sorted({row.mends for row in rows if row.mends}))
    return [(_op(row, origins), row.epoch, row.rev) for row in rows]


def numbers_of(connection: Connection, op_ids: list[str]) -> list[int]:
    """The rows of these stored ops."""
    return list(connection.scalars(select(Op.n).where(Op.op.in_(op_ids), Op.state == "stored").order_by(Op.n)))


def _is_disputed(entries: Iterable[stories.Entry]) -> bool:
    return any(entry.fate == "candidate" for entry in entries)


def _rows(connection: Connection, record_id: str) -> list[Any]:
    query = select(Op, Device.kind).join(Device, Device.id == Op.device).where(Op.record == record_id).order_by(Op.n)
    columns = [*Op.__table__.c, Device.kind, Device.name.label("device_name"), Device.team, Device.user]
    return list(connection.execute(query.with_only_columns(*columns)))


def _op(row: Any, origins: dict[str, Original]) -> sync.Op:
    """The op of a row as the engine took it: a mend stands where its original stood."""
    content = orjson.loads(row.body)
    head, _ = read_op(content)
    assert head is not None
    changes, _ = registry.types()[row.type].check(versions.forward(row.type, content, head.schema))
    op = sync.Op(
        op=row.op, record=row.record, device=row.device, seq=row.seq, at=row.at, epoch=head.epoch, base=row.base,
        by=row.by, office=row.kind != "tablet" or row.vouched, forked=row.forked, set=changes.set, add=changes.add,
        remove=changes.remove, inc=changes.inc, delete=head.delete, feed=head.feed, over=head.over,
        void=head.void, was=orjson.loads(row.was or "{}"),
    )  # fmt: skip
    origin = origins.get(row.mends or "")
    return op if origin is None or origin.seq is None else _in_place_of(op, origin)


def _in_place_of(op: sync.Op, origin: Original) -> sync.Op:
    assert origin.seq is not None
    return replace(
        op, device=origin.device, seq=origin.seq, at=origin.at, epoch=origin.epoch, by=origin.by,
        office=origin.office,
    )  # fmt: skip


def _decided(connection: Connection, rows: list[Any], origins: dict[str, Original]) -> dict[int, Verdict]:
    """Row → what the office said of it, where it released, mended or rejected it."""
    found: dict[int, Verdict] = {}
    for row in rows:
        about = origins[row.mends].n if row.mends in origins else row.n
        waited = row.vouched or row.state == "rejected" or about != row.n
        if waited and (verdict := verdicts.of_op(about, connection)):
            found[row.n] = verdict
    return found


def _told(field: str, entry: stories.Entry, row: Any, writers: dict[str, Writer], decided: dict[int, Verdict]) -> Told:
    by = decided[row.n].by if row.n in decided else None
    return Told(
        field, entry.value, row.op, row.at, row.received_at, writers[row.op], entry.fate, entry.rule, entry.by_op, by
    )


def _writers(connection: Connection, rows: list[Any]) -> dict[str, Writer]:
    """op → who wrote it: the worker whom the tablet named, or the office person whose virtual device it was."""
    ids = {row.user for row in rows if row.user}
    users = {row.id: row for row in connection.execute(select(User.id, User.name, User.phone).where(User.id.in_(ids)))}
    return {row.op: _writer(row, users) for row in rows}


def _writer(row: Any, users: dict[str, Any]) -> Writer:
    known = reference.current()
    worker = known.workers.get(row.by or "", {})
    user = users.get(row.user)
    name = worker.get("name") or (user.name if user else row.device_name)
    phone = worker.get("phone") or (user.phone if user else None)
    team = known.teams.get(row.team or "", {}).get("name")
    return Writer(name, phone, team, row.device_name, row.kind)
