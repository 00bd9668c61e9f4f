"""The chain of digests: sealed blocks over the history, so that a missing or changed op shows, even when bodies were
erased by law.

A block's hash covers the hash of the block before and the digests of its ops in the order of their numbers. Which ops
a block covers is written on them, so ops that commit late go into the next block and none is missed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from server import clock
from server.db import reading, writing
from server.models import Block, Op

BLOCK_OPS = 10_000
BEGINNING = bytes(32)


@dataclass(frozen=True, slots=True)
class Broken:
    """A block whose ops no longer give its hash."""

    block: int
    ops: int
    sealed: int


def seal() -> int:
    """Seals the ops that no block covers yet; one sealer at a time. Returns how many ops were sealed."""
    with writing() as connection:
        last = connection.execute(select(Block.n, Block.hash).order_by(Block.n.desc()).limit(1)).first()
        n, previous = (last.n + 1, last.hash) if last else (1, BEGINNING)
        query = select(Op.n).where(Op.block.is_(None)).order_by(Op.n).limit(BLOCK_OPS)
        numbers = list(connection.scalars(query))
        if numbers:
            _seal(connection, n, previous, numbers)
        return len(numbers)


def _seal(connection: Connection, n: int, previous: bytes, numbers: list[int]) -> None:
    covered = update(Op).where(Op.block.is_(None), Op.n >= numbers[0], Op.n <= numbers[-1]).values(block=n)
    count = connection.execute(covered).rowcount
    hash = _hash(previous, _digests(connection, n))
    row = {"n": n, "hash": hash, "count": count, "sealed_at": clock.now()}
    connection.execute(insert(Block), row)


def verify() -> list[Broken]:
    """Checks every block against its ops. An empty list: the chain holds."""
    with reading() as connection:
        previous, broken = BEGINNING, []
        for block in connection.execute(select(Block.n, Block.hash, Block.count.label("sealed")).order_by(Block.n)):
            if _hash(previous, _digests(connection, block.n)) != block.hash:
                present = connection.scalar(select(func.count()).where(Op.block == block.n)) or 0
                broken.append(Broken(block.n, present, block.sealed))
            previous = block.hash
        return broken


def erase(ops: Iterable[str]) -> int:
    """Erases the bodies of these ops by law; ids and digests stay, the chain holds. Returns how many there were."""
    gone = update(Op).where(Op.op.in_(list(ops))).values(body=None)
    with writing() as connection:
        return connection.execute(gone).rowcount


def _digests(connection: Connection, block: int) -> Iterable[bytes]:
    return connection.scalars(select(Op.digest).where(Op.block == block).order_by(Op.n))


def _hash(previous: bytes, digests: Iterable[bytes]) -> bytes:
    seal = hashlib.sha256(previous)
    for digest in digests:
        seal.update(digest)
    return seal.digest()
