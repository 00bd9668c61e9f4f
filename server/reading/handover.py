"""A month's journal to be handed in, and what became of it since: visits that were accepted later or left it, and
values that were corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from schemas import registry
from server import mends, projections, reference, register
from server.bulk import among
from server.db import reading
from server.handovers import Handover
from server.models import Op
from server.reading import joint, timeline, visitfilter, visitlog
from server.reading.monthlog import last_day
from server.reading.names import named
from server.reading.paging import SIZE, Page, offset
from server.reading.reach import Reach
from server.reading.timeline import Act
from server.reading.visitfilter import Filter
from server.reading.visitlog import Line
from server.reading.words import Words
from server.register import Stored
from server.standing import ACCEPTED

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Ready:
    """What would be handed in now: the accepted visits of the month, in the journal's order. ``revs``: of all their
    records."""

    figures: dict[str, Any]
    visits: list[str]
    revs: dict[str, int]


@dataclass(frozen=True, slots=True)
class Since:
    """After the handing in: ``late`` visits were accepted, ``gone`` ones are not in the journal any more (returned,
    moved to another day or place, deleted), ``corrected``: what was written into the others. At most SHOWN of each,
    of ``number`` visits; ``homes``: the family of each; ``words`` know every name in them."""

    late: list[Line]
    gone: list[Stored]
    corrected: list[Act]
    number: int
    homes: dict[str, str]
    words: Words


def ready(month: date, reach: Reach) -> Ready:
    """The journal of a month within reach, as it is now."""
    with reading() as connection:
        reference.current(connection)
        rows = _accepted(month, reach, connection)
        visits = [row.record for row in rows]
        families, results = len({row.family for row in rows}), Counter(row.result or "" for row in rows)
        figures = {"visits": len(visits), "families": families, "results": results}
        return Ready(figures, visits, joint.revs(visits, connection))


def lines(found: Handover, today: date, reach: Reach, number: int) -> Page[Line]:
    """A page of the visits that were handed in, as they are now; who left the reader's reach is not shown."""
    start = offset(number)
    with reading() as connection:
        shown = visitlog.of_ids(found.visits[start : start + SIZE], today, reach, connection)
    return Page(shown, len(found.visits), number)


def since(found: Handover, today: date, reach: Reach, words: Words) -> Since:
    """What happened to the journal after it was handed in, as far as the reader may see."""
    here = reach if found.territories is None else replace(reach, territories=found.territories)
    with reading() as connection:
        reference.current(connection)
        now = [row.record for row in _accepted(found.month, here, connection)]
        late, left = _without(now, found.visits), _without(found.visits, now)
        gone = register.fetch(reach.seen(left, connection), connection)
        acts = _corrections(_without(now, late), found.revs, connection)
        number = len(late) + len(gone) + len({act.record for act in acts})
        shown = visitlog.of_ids(late[:SHOWN], today, reach, connection), [*gone.values()][:SHOWN], acts[:SHOWN]
        corrected = register.fetch((act.record for act in shown[2]), connection).values()
        homes = {each.id: each.fields.get("family", "") for each in (*shown[1], *corrected)}
        known = timeline.named_in(shown[2], named(words, [*shown[1], *corrected], connection), connection)
        return Since(*shown, number, homes, known)


def accepted(month: date) -> Filter:
    """What a month's journal is made of, in its order."""
    return Filter(month, last_day(month), stage=ACCEPTED, down=False)


def _accepted(month: date, reach: Reach, connection: Connection) -> list[Row[Any]]:
    wanted, visit = accepted(month), projections.table("visit").c
    columns = (visit.record, visit.family, visit.result)
    query = select(*columns).select_from(visitfilter.joined(*visitfilter.needed(wanted, reach)))
    query = query.where(*visitfilter.conditions(wanted, reach)).order_by(*visitfilter.order(wanted))
    return list(connection.execute(query))


def _without(ids: Iterable[str], others: Iterable[str]) -> list[str]:
    left = set(others)
    return [id for id in ids if id not in left]


def _corrections(visits: list[str], revs: Mapping[str, int], connection: Connection) -> list[Act]:
    """What was written into these visits since their records had these revs, but for their review, newest first."""
    changed = [id for id, rev in joint.revs(visits, connection).items() if rev > revs.get(id, 0)]
    op = Op.__table__.c
    query = select(op.op, op.record, op.rev).where(among(op.record, changed), op.state.in_(mends.MERGED))
    later = {row.op for row in connection.execute(query) if row.rev > revs.get(row.record, 0)}
    found = [act for act in timeline.of_records(changed, connection) if act.op in later]
    told = [replace(act, events=[each for each in act.events if _is_value(each.field)]) for act in found]
    return [act for act in told if act.events]


def _is_value(field: str) -> bool:
    """Signatures and the office's words on them are no values of the journal."""
    declared = registry.types()["visit"].fields.get(field)
    return declared is None or declared.group != "review"
