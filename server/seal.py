"""The chain of digests: sealed blocks over the history and the audit, so that what was changed, removed or swapped
shows, even when bodies were erased by law.

A block's hash covers the hash of the block before, the digests of its ops and those of its audit entries, in the order
of their numbers. What a block covers is written on it, so rows that commit late go into the next block and none is
missed. Sealing is a transaction of its own, one at a time, that takes only rows nobody is at work on: no feed waits.

Each hash also goes to a file outside the database (`audit.chain`): who rewrites the database, or cuts off its last
blocks, is found out by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import Connection, func, insert, select, update

from server import audit, clock, epoch, inbox, journal
from server.db import is_sqlite, reading, writing
from server.inbox import chunks
from server.models import AuditEntry, Block, Op

BLOCK_ROWS = 10_000
BEGINNING = bytes(32)
FILE = "audit.chain"
_LOCK = 0x7679657A64  # PostgreSQL's advisory lock of the one sealer


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many ops and audit entries went into blocks."""

    ops: int = 0
    entries: int = 0


@dataclass(slots=True)
class Broken:
    """A block that no longer is what was sealed. ``present`` of ``sealed`` rows are there; ``ops`` (ids) and
    ``entries`` (numbers): those whose content was changed or swapped. ``chain``: the block itself is not the one that
    was noted."""

    block: int
    present: int
    sealed: int
    ops: list[str] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    chain: bool = False


def seal() -> Sealed:
    """Seals what no block covers yet, up to 10,000 rows, ops first; one sealer at a time, a second one waits."""
    with writing() as connection:
        if not is_sqlite(connection):
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        ops = _unsealed(connection, Op, BLOCK_ROWS)
        entries = _unsealed(connection, AuditEntry, BLOCK_ROWS - len(ops))
        if not ops and not entries:
            return Sealed()
        made = _seal(connection, ops, entries)
    journal.append(_chain(), made)
    return Sealed(len(ops), len(entries))


def _unsealed(connection: Connection, table: Any, limit: int) -> list[int]:
    """Rows that wait for a block, without those that a transaction holds at this moment."""
    query = select(table.n).where(table.block.is_(None)).order_by(table.n).limit(limit)
    return list(connection.scalars(query.with_for_update(skip_locked=True)))


def _seal(connection: Connection, ops: list[int], entries: list[int]) -> dict[str, Any]:
    last = connection.execute(select(Block.n, Block.hash).order_by(Block.n.desc()).limit(1)).first()
    n, previous = (last.n + 1, last.hash) if last else (1, BEGINNING)
    for table, numbers in ((Op, ops), (AuditEntry, entries)):
        for part in chunks(numbers):
            connection.execute(update(table).where(table.n.in_(part)).values(block=n))
    hash = _hash(previous, _digests(connection, n))
    now = clock.now()
    connection.execute(insert(Block), {"n": n, "hash": hash, "count": len(ops) + len(entries), "sealed_at": now})
    return {"block": n, "hash": hash.hex(), "at": now, "epoch": epoch.of(connection)}


def verify() -> list[Broken]:
    """Makes every digest and every block's hash anew. An empty list: history and audit are what they were."""
    lines = _lines()  # before the database: what is sealed meanwhile is in there, and not noted yet
    with reading() as connection:
        noted = _noted(lines, epoch.of(connection))
        previous, last, broken = BEGINNING, 0, []
        blocks = connection.execute(select(Block.n, Block.hash, Block.count.label("sealed")).order_by(Block.n)).all()
        for block in blocks:
            broken += _cut_out(block, last)
            broken += _examine(connection, block, previous, noted.get(block.n))
            previous, last = block.hash, block.n
        return broken + [Broken(n, 0, 0, chain=True) for n in sorted(noted) if n > last]


def _cut_out(block: Any, last: int) -> list[Broken]:
    return [Broken(n, 0, 0, chain=True) for n in range(last + 1, block.n)]


def _examine(connection: Connection, block: Any, previous: bytes, noted: str | None) -> list[Broken]:
    found = Broken(block.n, 0, block.sealed)
    found.ops = [row.op for row in _ops(connection, block.n) if row.body and _op_digest(row) != row.digest]
    kept = connection.execute(select(AuditEntry.__table__).where(AuditEntry.block == block.n).order_by(AuditEntry.n))
    found.entries = [row.n for row in kept if audit.digest(row._mapping) != row.digest]
    digests = list(_digests(connection, block.n))
    found.present = len(digests)
    found.chain = noted not in (None, block.hash.hex())
    whole = _hash(previous, digests) == block.hash
    return [] if whole and not (found.ops or found.entries or found.chain) else [found]


def _ops(connection: Connection, block: int) -> Iterator[Any]:
    query = select(Op.op, Op.device, Op.body, Op.digest).where(Op.block == block).order_by(Op.n)
    yield from connection.execute(query)


def _op_digest(row: Any) -> bytes:
    return inbox.digest(row.body, row.device)


def _chain() -> Path:
    folder: Path = current_app.config["VYEZD"].data
    return folder / FILE


def _lines() -> list[dict[str, Any]]:
    """What this machine noted, but for a last line that was torn off."""
    try:
        return [orjson.loads(line) for line in journal.lines(_chain())]
    except FileNotFoundError:
        return []


def _noted(lines: list[dict[str, Any]], present: str) -> dict[int, str]:
    """Block → its hash as it was noted. Of lives that a restore ended only what lies before the first line of
    the present one: what they sealed after the backup was given up with them."""
    own = {line["block"]: line["hash"] for line in lines if line["epoch"] == present}
    return {line["block"]: line["hash"] for line in lines if own and line["block"] < min(own)} | own


def erase(ops: Iterable[str]) -> int:
    """Erases the bodies of these ops by law; ids and digests stay, the chain holds. Returns how many there were."""
    gone = update(Op).where(Op.op.in_(list(ops))).values(body=None)
    with writing() as connection:
        return connection.execute(gone).rowcount


def _digests(connection: Connection, block: int) -> Iterable[bytes]:
    yield from connection.scalars(select(Op.digest).where(Op.block == block).order_by(Op.n))
    yield from connection.scalars(select(AuditEntry.digest).where(AuditEntry.block == block).order_by(AuditEntry.n))


def _hash(previous: bytes, digests: Iterable[bytes]) -> bytes:
    seal = hashlib.sha256(previous)
    for digest in digests:
        seal.update(digest)
    return seal.digest()
