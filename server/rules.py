"""Rules across records: what no record can know of itself. A breach blocks nothing, it is an entry for people, and
closes by itself.

*Same value*: a field (or several together) that is `unique` holds one value in two living records; a child in a family
shielded for the secrecy of adoption is compared with nobody. *Orphan*: a record belongs to one that was deleted. The
others know the domain: server/rulebook.

A batch first locks, sorted, every key that the rules read, then reads what is committed and compares: of two batches
that write one value at the same moment, in whatever feeds, the second sees the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select, text

from schemas.placement import WithParent
from server import attention, judging, projections, shapes, shields
from server.attention import Wanted
from server.bulk import among
from server.db import is_sqlite
from server.placement import referrers
from server.register import Held, Register

LOCKS = 2_048
"""As many locks at most, whatever comes at once: PostgreSQL, as it is set up ordinarily, has room for 6,400. So large
batches do this last part of their work one after another, and small ones hardly ever meet."""
LOCK_KIND = 1  # of advisory locks, these
_LOCK = text("SELECT pg_advisory_xact_lock(:kind, n) FROM unnest(CAST(:numbers AS integer[])) AS n")

Group = tuple[str, ...]
Key = tuple[str, Group, Group]
"""(type, fields, their values) that a rule reads."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the records that a transaction changed ask of the rules. Its keys are locked."""

    keys: set[Key]
    questions: judging.Questions


def ask(connection: Connection, register: Register, now: int) -> Asked:
    """Locks what the rules will read. Before this no entry is touched: whoever holds an entry and waits for a lock may
    wait for one who holds the lock and waits for the entry."""
    moved = [held for held in register.held.values() if held.feeds != held.feeds_before]
    hidden = register.peek(shields.turned_adoptive(connection, register)).values()
    asked = Asked(_keys([*register.dirty, *moved, *hidden]), judging.questions(connection, register, now))
    lock(connection, {*map(_digest, asked.keys), *asked.questions.locks()})
    return asked


def settle(connection: Connection, register: Register, asked: Asked, now: int) -> None:
    """Brings the entries of all rules in step with the records that this transaction changed."""
    for type_name, group, values in _grouped(asked.keys):
        _settle_same(connection, register, type_name, group, values, now)
    _settle_orphans(connection, register, now)
    asked.questions.answer()


def _keys(touched: Iterable[Held]) -> set[Key]:
    """What these records hold and held in unique fields."""
    keys: set[Key] = set()
    for held in touched:
        for group in held.shape.unique:
            for fields in (held.before.fields if held.before else {}, held.fields):
                if all(fields.get(field) for field in group):
                    keys.add((held.type, group, tuple(fields[field] for field in group)))
    return keys


def lock(connection: Connection, digests: Iterable[bytes]) -> None:
    """Locks keys until the end of the transaction. On SQLite the one writer holds them all."""
    if is_sqlite(connection):
        return
    if numbers := sorted({_number(digest) for digest in digests}):
        connection.execute(_LOCK, {"kind": LOCK_KIND, "numbers": numbers})


def _number(digest: bytes) -> int:
    """Below LOCKS: batches that have nothing in common may meet in one, and the second waits for the first to end."""
    return int.from_bytes(digest[:8]) % LOCKS


def _digest(key: Key) -> bytes:
    type_name, group, values = key
    return sha256("\0".join((type_name, *group, *values)).encode()).digest()


def _grouped(keys: Iterable[Key]) -> Iterable[tuple[str, Group, list[Group]]]:
    groups: dict[tuple[str, Group], list[Group]] = defaultdict(list)
    for type_name, group, values in sorted(keys):
        groups[type_name, group].append(values)
    return ((type_name, group, values) for (type_name, group), values in groups.items())


def _settle_same(
    connection: Connection, register: Register, type_name: str, group: Group, values: list[Group], now: int
) -> None:
    """Opens an entry for each value that stands in two records, closes it where it stands in one."""
    field = group[-1]
    found = _holders(connection, type_name, group, values)
    apart = shields.behind_adoption((id for ids in found.values() if len(ids) > 1 for id in ids), connection)
    alone = []
    for each, standing in found.items():
        records = [id for id in standing if id not in apart]
        # the key must not tell the value: queues are read, counted and logged by key
        key = f"same:{type_name}.{field}:{_digest((type_name, group, each)).hex()[:32]}"
        if len(records) > 1:
            entry = Wanted(key, "same", field, {"records": records})
            attention.put(connection, [attention.row(_peek(register, records[0]), entry, now)])
        else:
            alone.append(key)
    attention.close_all(connection, alone, now)


def _holders(connection: Connection, type_name: str, group: Group, values: list[Group]) -> dict[Group, list[str]]:
    """Values → the living records that hold them."""
    found: dict[Group, list[str]] = {each: [] for each in values}
    table = projections.table(type_name).c
    columns = [table[field] for field in group]
    wanted = among(columns[-1], sorted({each[-1] for each in values}))
    for record, *held in connection.execute(select(table.record, *columns).where(wanted).order_by(table.record)):
        if tuple(held) in found:
            found[tuple(held)].append(record)
    return found


def _peek(register: Register, id: str) -> Held:
    """A record of whatever feed, read without a lock: keys are the last that a batch locks."""
    return register.peek([id])[id]


def _settle_orphans(connection: Connection, register: Register, now: int) -> None:
    """Nothing cascades: what belongs to a deleted record stays, and people are told."""
    for held in _children(connection, register):
        parent = register.get(_parent(held))
        key = f"orphan:{held.id}"
        if parent is not None and parent.deleted and not held.deleted:
            entry = Wanted(key, "orphan", _link(held), {"parent": parent.id})
            attention.put(connection, [attention.row(held, entry, now)])
        else:
            attention.close(connection, key, held.changed_by, now)


def _children(connection: Connection, register: Register) -> list[Held]:
    """The records whose parent was deleted or came back in this transaction, and those that changed under a deleted
    one or went to another."""
    turned = [held for held in register.dirty if held.deleted != held.deleted_before]
    ids: set[str] = {held.id for held in turned if _link(held)}
    for held in turned:
        for name, shape in shapes.all_shapes().items():
            for field in shape.feed.fields if isinstance(shape.feed, WithParent) else ():
                if shape.refs[field] == held.type:
                    ids.update(referrers(connection, name, field, [held.id]))
    register.load(ids)
    under = {held.id for held in register.dirty if (parent := register.get(_parent(held))) and parent.deleted}
    went = {held.id for held in register.dirty if held.before and _parent(held) != _parent(held, held.before.fields)}
    return [register.held[id] for id in sorted(ids | under | went) if id in register.held]


def _link(held: Held, fields: Mapping[str, Any] | None = None) -> str:
    feed = held.shape.feed
    return feed.among(held.fields if fields is None else fields) if isinstance(feed, WithParent) else ""


def _parent(held: Held, fields: Mapping[str, Any] | None = None) -> Any:
    """What a record hangs on by its fields, or by those that it had."""
    return (held.fields if fields is None else fields).get(_link(held, fields))
