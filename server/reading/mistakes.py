"""Kinds of mistakes: the ops that wait with exactly the same errors, which can be mended or rejected together."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import orjson
from sqlalchemy import Connection, func, select

from schemas.messages import Errors
from server.db import reading
from server.models import Op
from server.reading import kept
from server.reading.kept import Kept
from server.reading.reach import Reach
from server.reading.words import Words

SHOWN, AT_ONCE = 30, 200


@dataclass(frozen=True, slots=True)
class Mistake:
    """``key``: names the kind in an address and tells nothing. ``number`` of ops have these ``errors``."""

    key: str
    type: str
    result: str
    number: int

    @property
    def errors(self) -> Errors:
        """Path → codes."""
        found: Errors = orjson.loads(self.result)
        return found


def mistakes(reach: Reach) -> list[Mistake]:
    """The kinds that several ops within reach share, the most frequent first."""
    with reading() as connection:
        return _mistakes(reach, connection)


def _mistakes(reach: Reach, connection: Connection) -> list[Mistake]:
    number = func.count().label("number")
    op = Op.__table__.c
    query = kept.narrowed(select(op.type, op.result, number), reach)
    query = query.where(Op.state == "quarantined", Op.type.is_not(None), Op.result.is_not(None))
    query = query.group_by(Op.type, Op.result).having(func.count() > 1).order_by(number.desc(), Op.type, Op.result)
    rows = connection.execute(query.limit(SHOWN))
    return [Mistake(key_of(row.type, row.result), row.type, row.result, row.number) for row in rows]


def find(key: str, reach: Reach, words: Words) -> tuple[Mistake, list[Kept], Words] | None:
    """One kind with its ops, AT_ONCE at most, the longest waiting first; None where no two within reach share it."""
    with reading() as connection:
        mistake = next((each for each in _mistakes(reach, connection) if each.key == key), None)
        if mistake is None:
            return None
        query = kept.narrowed(kept.select_kept(), reach).where(Op.state == "quarantined")
        query = query.where(Op.type == mistake.type, Op.result == mistake.result).order_by(Op.n).limit(AT_ONCE)
        return mistake, *kept.read(list(connection.execute(query)), reach, words, connection)


def key_of(type_name: str, result: str) -> str:
    """The address of a kind of mistake: a digest of the type and the errors."""
    return sha256(f"{type_name}\0{result}".encode()).hexdigest()[:20]
