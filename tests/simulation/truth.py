"""What must be true once everybody is quiet: the tablets, the register and the history tell one story.

Each question is asked of the database's own rows, not of the code that serves tablets, and answered with complaints.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select

from client_stub import agreement, view
from schemas import registry
from schemas.digest import record_digest
from schemas.kinds import LIFE, Kind
from server import devices, history
from server.db import reading
from server.models import Attention, Feed, Op
from tests.simulation.region import Held, Region
from tests.simulation.tablets import Tablet
from tests.sync.histories import Arrival
from tests.sync.reference import picture

MERGED = ("applied", "conflict")
Answered = Mapping[str, Sequence[str]]
DECIDED = {*MERGED, "stored", "quarantined", "mended", "rejected", "late"}


def complaints(region: Region, tablets: Sequence[Tablet], answered: Answered) -> list[str]:
    """Everything that is not as it must be, [] when all is well. ``answered``: op id → outcomes, as far as known."""
    held, reference = region.records(), region.records_in(["reference"])
    ops = _history(region)
    everything = region.records_of({op.record for op in ops if op.record})
    return [
        *_about_screens(region, tablets, [*held, *reference]),
        *_about_acknowledged(tablets, ops, answered),
        *_about_decisions(ops, answered),
        *_about_counts(everything, ops),
        *_about_merges(region, everything),
        *_about_digests(region, tablets, held),
        *_about_attention(region, held),
        *_about_gone(tablets),
    ]


def lost_or_doubled(region: Region, tablets: Sequence[Tablet]) -> list[str]:
    """The same, asked while tablets are still at work: of what they know to be acknowledged."""
    return [*_about_acknowledged(tablets, _history(region), {})]


def _history(region: Region) -> list[Any]:
    """Every op of the fleet and its office."""
    authors = [*region.devices(), region.office.device]
    with region.inside(), reading() as connection:
        return list(connection.execute(select(Op.__table__).where(Op.device.in_(authors)).order_by(Op.n)))


# Every tablet shows what the register holds of its scope, so all tablets of one scope agree


def _about_screens(region: Region, tablets: Sequence[Tablet], held: list[Held]) -> Iterator[str]:
    by_scope: dict[frozenset[str], set[bytes]] = defaultdict(set)
    for tablet in tablets:
        scope = _scope(region, tablet)
        expected = {each.id: _shown(each, scope) for each in held if _is_in(each, scope)}
        copies = {copy["id"]: _copy(copy, scope) for copy in tablet.store.records("true", [])}
        yield from _differences(tablet.name, expected, copies)
        screen = {record.id: record.fields for type in registry.types() for record in view.every(tablet.store, type)}
        yield from _differences(
            f"{tablet.name}'s screen", {id: each["fields"] for id, each in expected.items()}, screen
        )
        by_scope[scope].add(orjson.dumps(copies, option=orjson.OPT_SORT_KEYS))
        if tablet.store.waiting():
            yield f"{tablet.name}: {tablet.store.waiting()} ops still wait"
    yield from (
        f"tablets of one scope hold {len(seen)} different copies" for seen in by_scope.values() if len(seen) > 1
    )


def _scope(region: Region, tablet: Tablet) -> frozenset[str]:
    with region.inside():
        return devices.author_of(tablet.store["device"]).scope or frozenset()


def _is_in(held: Held, scope: frozenset[str]) -> bool:
    return not held.deleted and not held.feeds.isdisjoint(scope)


def _shown(held: Held, scope: frozenset[str]) -> dict[str, Any]:
    return {
        "type": held.type,
        "rev": held.rev,
        "fields": held.fields,
        "disputed": held.disputed,
        "incomplete": held.incomplete,
        "feeds": sorted(held.feeds & scope),
    }


def _copy(copy: dict[str, Any], scope: frozenset[str]) -> dict[str, Any]:
    """A tablet's copy. It need not forget a feed that has left its scope, as long as another brings the record."""
    told = {key: copy[key] for key in ("type", "rev", "fields", "disputed", "incomplete")}
    return told | {"feeds": sorted(scope & set(copy["feeds"]))}


def _differences(who: str, expected: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    for id in sorted(expected.keys() | found.keys()):
        if expected.get(id) != found.get(id):
            yield f"{who} has of {id}: {found.get(id)}; the register: {expected.get(id)}"


# What was acknowledged is in the history, once, and decided


def _about_acknowledged(tablets: Sequence[Tablet], ops: list[Any], answered: Answered) -> Iterator[str]:
    times = Counter(op.op for op in _firsts(ops))
    acknowledged = set(answered).union(*(tablet.acknowledged for tablet in tablets))
    yield from (f"op {op} is {times[op]} times in the history" for op in sorted(acknowledged) if times[op] != 1)
    yield from (f"op {op.op} is {op.state}" for op in ops if op.op in acknowledged and op.state not in DECIDED)


def _firsts(ops: list[Any]) -> Iterator[Any]:
    """The ops without what came again from a tablet's copy under another device."""
    known: set[str] = set()
    for op in ops:
        if op.op not in known or op.state != "late":
            yield op
        known.add(op.op)


def _about_decisions(ops: list[Any], answered: Answered) -> Iterator[str]:
    yield from (f"op {op.op} is {op.state}" for op in ops if op.state not in DECIDED)
    states = {op.op: op.state for op in _firsts(ops)}
    for op, outcomes in answered.items():
        if any(outcome in MERGED for outcome in outcomes) and states.get(op) not in (*MERGED, "late"):
            yield f"op {op} was told {outcomes} and is {states.get(op)}"


# No op counts twice: revs, logs, counters, extremes are those of the ops that were merged


def _about_counts(held: list[Held], ops: list[Any]) -> Iterator[str]:
    merged: dict[str, list[Any]] = defaultdict(list)
    for op in ops:
        if op.state in MERGED:
            merged[op.record].append(op)
    for record in held:
        mine = merged.pop(record.id, [])
        if sorted(op.rev for op in mine) != list(range(1, record.rev + 1)):
            yield f"{record.id} has rev {record.rev}, its ops {sorted(op.rev for op in mine)}"
        for name, rule in registry.rules(record.type).items():
            expected = _counted(rule.kind, name, [(op.op, orjson.loads(op.body)) for op in mine])
            if expected is not None and _found(rule.kind, record.fields.get(name)) != expected:
                yield f"{record.type} {record.id}: {name} is {record.fields.get(name)}, its ops make {expected}"
    yield from (f"{len(each)} merged ops on {id}, which is nowhere" for id, each in merged.items())


def _counted(kind: Kind, name: str, ops: list[tuple[str, dict[str, Any]]]) -> Any:
    """What these ops make of a field by themselves; None for the kinds that depend on who saw what."""
    match kind:
        case Kind.COUNTER:
            return sum(body.get("inc", {}).get(name, 0) for _, body in ops)
        case Kind.LOG:
            return sorted((op, i) for op, body in ops for i in range(len(body.get("add", {}).get(name, ()))))
        case Kind.MAX:
            return max((body["set"][name] for _, body in ops if name in body.get("set", {})), default=0)
        case Kind.MIN:
            return min((body["set"][name] for _, body in ops if name in body.get("set", {})), default=0)
        case _:
            return None


def _found(kind: Kind, value: Any) -> Any:
    return sorted((entry["op"], entry["i"]) for entry in value or ()) if kind is Kind.LOG else value or 0


# The register is what the definition of the merge makes of the history, in whatever order it came


def _about_merges(region: Region, held: list[Held]) -> Iterator[str]:
    with region.inside(), reading() as connection:
        told = [(record, history.ops_of(connection, record.id)) for record in held if record.rev > 1]
    for record, ops in told:
        arrivals = [Arrival(op, life, rev, _screen(op, ops)) for op, life, rev in ops]
        meant = picture(arrivals, registry.rules(record.type))
        fields = {name: value for name, value in record.fields.items() if value != []}
        disputed = {name: [(each["op"], each["value"]) for each in found] for name, found in record.disputed.items()}
        meant.disputed.pop(LIFE, None)
        if (fields, disputed, record.deleted) != (meant.fields, meant.disputed, meant.deleted):
            yield f"{record.type} {record.id} is {fields}, {disputed}, {record.deleted}; its history makes {meant}"


def _screen(op: Any, ops: Sequence[tuple[Any, str, int]]) -> frozenset[str]:
    """The ops that the author of one had on the screen: all up to the rev that it names."""
    return frozenset(other.op for other, of, rev in ops if of == op.epoch and rev <= op.base and other is not op)


# Both sides can prove that they hold the same


def _about_digests(region: Region, tablets: Sequence[Tablet], held: list[Held]) -> Iterator[str]:
    ours = _sums(region.feeds, held)
    with region.inside(), reading() as connection:
        kept = {row.id: orjson.loads(row.digests) for row in connection.execute(select(Feed.id, Feed.digests))}
    yield from (f"feed {feed} has digests {kept.get(feed, {})}, its records {sums}" for feed, sums in ours.items()
                if kept.get(feed, {}) != sums)  # fmt: skip
    for tablet in tablets:
        theirs = agreement.digests(tablet.store)
        for feed in theirs:
            if theirs[feed] != kept.get(feed, {}):
                yield f"{tablet.name} has digests {theirs[feed]} of {feed}, the server {kept.get(feed)}"


def _sums(feeds: Iterable[str], held: list[Held]) -> dict[str, dict[str, str]]:
    sums: dict[str, dict[str, int]] = {feed: defaultdict(int) for feed in feeds}
    for record in held:
        for feed in record.feeds & sums.keys() if not record.deleted else ():
            sums[feed][record.type] += record_digest(record.id, record.rev)
    return {feed: {type: f"{value % 2**256:064x}" for type, value in each.items()} for feed, each in sums.items()}


# The queue asks for what the merged state asks for


def _about_attention(region: Region, held: list[Held]) -> Iterator[str]:
    wanted = {f"disputed:{record.id}:{name}" for record in held for name in record.disputed}
    ids = {record.id for record in held}
    with region.inside(), reading() as connection:
        query = select(Attention.key, Attention.record).where(Attention.state == "open", Attention.kind == "disputed")
        open_ones = {row.key for row in connection.execute(query) if row.record in ids}
    yield from (f"the queue lacks {key}" for key in sorted(wanted - open_ones))
    yield from (f"the queue still asks {key}" for key in sorted(open_ones - wanted))


# Nobody hears of what it never had


def _about_gone(tablets: Sequence[Tablet]) -> Iterator[str]:
    for tablet in tablets:
        for id in [*tablet.never_had, *tablet.store.never_had]:
            yield f"{tablet.name} was told that {id} is gone, which it never had"


# The server itself found nothing wrong


def is_alarm(event: dict[str, Any]) -> bool:
    """Whether a line of the server's log tells of a defect."""
    return event["level"] in ("error", "critical") or event["event"] == "device.diverged"
