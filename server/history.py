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
from schemas import codes, registry, versions
from schemas.kinds import LIFE
from schemas.wire import read_op
from server import epoch, mends, reference, verdicts
from server.db import reading
from server.inbox import Original, chunks
from server.models import Device, Op, User
from server.verdicts import Verdict
from sync import story as telling


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


@dataclass(frozen=True, slots=True)
class _Around:
    """What stories are told with. ``writers``: by op; ``origins``: what mends took over; ``lives``: of the database;
    ``decided``: row → what the office said of it."""

    writers: dict[str, Writer]
    origins: dict[str, Original]
    lives: list[str]
    decided: dict[int, Verdict]


def story(record_id: str) -> Story:
    """Raises UnknownRecord."""
    with reading() as connection:
        found = stories([record_id], connection)
    if record_id not in found:
        raise UnknownRecord(record_id)
    return found[record_id]


def stories(ids: Iterable[str], connection: Connection) -> dict[str, Story]:
    """Id → the story of the record, for each of these that an op ever named; in bulk."""
    reference.current(connection)
    rows = _rows(connection, ids)
    origins = _origins(connection, rows)
    decided = _decided(connection, rows, origins)
    around = _Around(_writers(connection, rows), origins, epoch.lives(connection), decided)
    by_record: dict[str, list[Any]] = {}
    for row in rows:
        by_record.setdefault(row.record, []).append(row)
    return {id: _story(id, own, around) for id, own in by_record.items()}


def _story(record_id: str, rows: list[Any], around: _Around) -> Story:
    merged = [row for row in rows if row.state in mends.MERGED and row.body is not None]
    ops = [_op(row, around.origins) for row in merged]
    revs = {row.op: sync.carried_revs(((row.epoch, row.rev),), around.lives) for row in merged}
    type_name = next(row.type for row in rows if row.type)
    rules = registry.rules(type_name)
    told = telling.tell(ops, rules, revs)
    by_op = {row.op: row for row in merged}
    fields = {
        name: [_told(name, entry, by_op[entry.version.op], around) for entry in entries]
        for name, entries in told.items()
    }
    disputed = [name for name, entries in told.items() if name != LIFE and _is_disputed(entries)]
    agreed = {name: telling.agreed(ops, rules, revs, name) for name in disputed}
    rejected = [around.decided[row.n] for row in rows if row.state == "rejected" and row.n in around.decided]
    return Story(record_id, type_name, fields, agreed, len(rows) - len(merged), rejected)


def ops_of(connection: Connection, record_id: str) -> list[tuple[sync.Op, str, int]]:
    """The ops that were merged into a record, in the order of their arrival, each with the epoch and rev it was
    given."""
    rows = [row for row in _rows(connection, [record_id]) if row.state in mends.MERGED and row.body is not None]
    origins = _origins(connection, rows)
    return [(_op(row, origins), row.epoch, row.rev) for row in rows]


def held_back(connection: Connection, record_id: str) -> list[tuple[sync.Op, str, int | None]]:
    """The ops on a record that are stored and wait for no other record: what a signature keeps out is among them. With
    the epoch and rev of those that had been merged."""
    rows = [row for row in _rows(connection, [record_id]) if row.state == "stored" and row.waits is None and row.body]
    origins = _origins(connection, rows)
    return [(_op(row, origins), row.epoch, row.rev) for row in rows]


def numbers_of(connection: Connection, op_ids: list[str]) -> list[int]:
    """The rows of these stored ops."""
    return list(connection.scalars(select(Op.n).where(Op.op.in_(op_ids), Op.state == "stored").order_by(Op.n)))


def _is_disputed(entries: Iterable[telling.Entry]) -> bool:
    return any(entry.fate == "candidate" for entry in entries)


def _rows(connection: Connection, ids: Iterable[str]) -> list[Any]:
    query = select(Op, Device.kind).join(Device, Device.id == Op.device).order_by(Op.n)
    columns = [*Op.__table__.c, Device.kind, Device.name.label("device_name"), Device.team, Device.user]
    query = query.with_only_columns(*columns)
    return [row for part in chunks(sorted(set(ids))) for row in connection.execute(query.where(Op.record.in_(part)))]


def _origins(connection: Connection, rows: list[Any]) -> dict[str, Original]:
    return mends.originals(connection, {row.mends for row in rows if row.mends})


def _op(row: Any, origins: dict[str, Original]) -> sync.Op:
    """The op of a row as the engine took it: a mend stands where its original stood."""
    content = orjson.loads(row.body)
    head, _ = read_op(content)
    assert head is not None
    with codes.read_back():
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
    waited: dict[int, int] = {}
    for row in rows:
        about = origins[row.mends].n if row.mends in origins else row.n
        if row.vouched or row.state == "rejected" or about != row.n:
            waited[row.n] = about
    said = verdicts.of_ops(waited.values(), connection)
    return {n: said[about] for n, about in waited.items() if about in said}


def _told(field: str, entry: telling.Entry, row: Any, around: _Around) -> Told:
    by, who = around.decided[row.n].by if row.n in around.decided else None, around.writers[row.op]
    return Told(field, entry.value, row.op, row.at, row.received_at, who, entry.fate, entry.rule, entry.by_op, by)


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
