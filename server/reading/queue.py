"""The queue: everything that waits for a decision, расхождения first among its kinds, the longest waiting on top.

What one deletion left behind is one line, however many records that are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, case, distinct, func, select

from server import questions, reference
from server.db import reading
from server.models import Attention
from server.questions import Asked
from server.reading import disputes, kept, matters, suggestion
from server.reading.disputes import Candidate
from server.reading.kept import Kept
from server.reading.matters import KINDS, Matter
from server.reading.names import named, named_ids
from server.reading.paging import SIZE, offset
from server.reading.reach import Reach
from server.reading.suggestion import Suggestion
from server.reading.words import Words

WITH_OP = ("proposal", "signed")
# what makes one line: of an orphan the deleted parent, which is all that its detail tells
_ONE = case((Attention.kind == "orphan", Attention.detail), else_=Attention.key)


@dataclass(frozen=True, slots=True)
class Wanted:
    """``kind``: of KINDS. ``territory``: with everything below it. ``assigned``: a person's id, "" for nobody's. None:
    any."""

    kind: str | None = None
    territory: str | None = None
    assigned: str | None = None


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Line:
    """A matter in short. ``candidates`` of a dispute; ``others``: ids of the records with one value, of an orphan's
    parent; ``op``: the one that proposes or met a signature; ``more``: how many others the same deletion left;
    ``suggestion``: of a dispute; ``asked``: what teams were asked about it, the latest first."""

    matter: Matter
    candidates: list[Candidate]
    others: list[str]
    op: Kept | None
    more: int
    suggestion: Suggestion | None
    asked: list[Asked]

    @property
    def can_be_decided_with_others(self) -> bool:
        """Something is suggested, and the field cannot tell who somebody is."""
        return self.suggestion is not None and not suggestion.identifies(self.matter.type, self.matter.field)


def counts(reach: Reach, wanted: Wanted = EVERYTHING) -> dict[str, int]:
    """Kind → how many are open within reach and as asked for but for the kind, every kind named."""
    with reading() as connection:
        query = (
            select(Attention.kind, func.count(distinct(_ONE)).label("number"))
            .where(*_open(reach, connection, replace(wanted, kind=None)))
            .group_by(Attention.kind)
        )
        found = {row.kind: row.number for row in connection.execute(query)}
    return {kind: sum(found.get(own, 0) for own in owns) for kind, owns in KINDS.items()}


def lines(
    reach: Reach, words: Words, wanted: Wanted = EVERYTHING, number: int = 1, size: int = SIZE
) -> tuple[list[Line], Words]:
    """A page of the open ones that are asked for, and words that know the names in them."""
    with reading() as connection:
        first = _grouped(_open(reach, connection, wanted))
        query = matters.select_matters(reach, connection).add_columns(first.c.together)
        query = query.join(first, first.c.key == Attention.key).where(first.c.place == 1)
        query = query.order_by(Attention.opened_at, Attention.key).limit(size).offset(offset(number, size))
        rows = list(connection.execute(query))
        more = {row.key: row.together - 1 for row in rows}
        return _lines(matters.read(rows, connection), more, reach, words, connection)


def _open(reach: Reach, connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    owns = KINDS[wanted.kind] if wanted.kind else [own for each in KINDS.values() for own in each]
    found = [Attention.state == "open", Attention.kind.in_(owns), matters.within(reach, connection)]
    if wanted.territory:
        found.append(Attention.territory.in_(sorted(reference.current(connection).within(wanted.territory))))
    if wanted.assigned is not None:
        found.append(func.coalesce(Attention.assigned_to, "") == wanted.assigned)
    return found


def _grouped(conditions: list[ColumnElement[bool]]) -> Subquery:
    """The keys of the open ones, each with its place in its line and how many are in it together."""
    place = func.row_number().over(partition_by=_ONE, order_by=(Attention.opened_at, Attention.key))
    together = func.count().over(partition_by=_ONE)
    return select(Attention.key, place.label("place"), together.label("together")).where(*conditions).subquery()


def _lines(
    found: list[Matter], more: dict[str, int], reach: Reach, words: Words, connection: Connection
) -> tuple[list[Line], Words]:
    others = {each.key: _others(each) for each in found}
    words = named(words, [each.record for each in found if each.record], connection)
    words = named_ids(words, {id for ids in others.values() for id in ids}, connection)
    ops, words = kept.of_ops((each.op for each in found if each.kind in WITH_OP), reach, words, connection)
    candidates = disputes.candidates([each for each in found if each.kind == "dispute"], connection)
    asked = questions.of((each.key for each in found), connection)
    return [
        Line(
            each,
            candidates.get(each.key, []),
            others[each.key],
            ops.get(each.op) if each.kind in WITH_OP else None,
            more[each.key],
            suggestion.suggest(each.type, each.field, candidates.get(each.key, [])),
            asked.get(each.key, []),
        )
        for each in found
    ], words


def _others(matter: Matter) -> list[str]:
    detail: dict[str, Any] = matter.detail
    if matter.kind in ("same", "breach"):
        return list(detail.get("records", []))
    return [detail.get("parent", "")] if matter.kind == "orphan" else []
