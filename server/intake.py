"""THE gate. Everything that ever changes a record comes through `push`: tablets, office forms, decisions, imports.

Two transactions. The first stores the ops as they came (inbox.py) and commits: from then on they cannot be lost. The
second takes the locks, loads the records in bulk, lets the pure engine merge op by op, writes the effects and the
outcomes, and commits; only then is anybody answered. What the second transaction never reached is processed on the
next retry, at the next start, or by `vyezd replay`.

Locks are taken in one order: the device, then its feeds, sorted, then the records, sorted, then the keys that rules
read, sorted, then entries for people. When merging shows that another feed is needed, everything is rolled back and
tried again with the larger set.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import structlog
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

import sync
from schemas.receipts import Term
from schemas.wire import OpHead
from server import (
    attention,
    bulk,
    clock,
    closing,
    decisions,
    devices,
    epoch,
    feed,
    forks,
    inbox,
    journal,
    mends,
    mentions,
    metrics,
    overdue,
    placement,
    projections,
    proposals,
    reference,
    remerge,
    repeats,
    review,
    rules,
    scope,
    search,
    shapes,
    shields,
    standing,
)
from server.authors import Author
from server.blobs import naming
from server.db import is_sqlite, writing
from server.inbox import Entry
from server.models import Device, Op
from server.register import Register
from server.repeats import Busy

log = structlog.get_logger()
TRIES = 6
MOST_REVS = 2**31 - 1  # what a record's rev can be; a base beyond it, of another epoch, has seen as much
_OP = Op.__table__.c
_OUTCOME = ("state", "epoch", "rev", "base", "forked", "vouched", "waits", "result", "n")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one op. ``errors``: field → codes (schemas.messages says them in words). ``term``: what its
    receipt says of it, where that is known at sight."""

    op: str | None
    outcome: str
    rev: int | None = None
    errors: dict[str, list[str]] | None = None
    term: Term | None = None


def push(author: Author, raws: Sequence[bytes], now: int | None = None, batch: str | None = None) -> list[Result]:
    """Sends a batch of ops through the gate. Results come in the order of the ops.

    Raises Busy when the database gave up (the ops are stored all the same).
    """
    now = clock.now() if now is None else now
    reference.current()  # with it come the region's code lists, by which ops are checked
    entries = inbox.store(author, raws, now, batch)
    process(author, entries, now)
    overdue.sweep_daily()
    return [_result(entry) for entry in entries]


def hold(author: Author, raws: Sequence[bytes], now: int, batch: str | None) -> list[Result]:
    """Stores a batch and leaves it at that: the server does not know yet whose word counts (closing.py). What an op is
    by itself is told at once. Once it knows, whoever opened it may not have found these ops any more."""
    entries = inbox.store(author, raws, now, batch)
    with writing() as connection:
        pending, _ = repeats.undecided(connection, entries)
        is_open = not closing.is_closed(connection)
    if is_open:
        process(author, entries, now)
        return [_result(entry) for entry in entries]
    for entry in pending:
        entry.outcome = "quarantined" if entry.errors else "stored"
    return [_result(entry) for entry in entries]


def process(author: Author, entries: Sequence[Entry], now: int) -> None:
    """Merges stored ops into the register, in one transaction, and fills in their outcomes."""
    feeds: set[str] = set()
    for _ in range(TRIES):
        reference.forget()
        reference.current()
        try:
            arrived, absent, freed = _attempt(author, entries, now, feeds)
            _go_on([*inbox.of_rows(freed), *inbox.take_waiting(arrived, absent)], now)
            return
        except feed.NotLocked as more:
            feeds |= more.feeds
        except mends.Undecided as first:
            _go_on(inbox.of_rows([first.n]), now)
        except DBAPIError as refused:
            if not _passes(refused):
                raise
        _undo(entries)
    raise Busy(f"{len(entries)} ops are stored and wait to be processed")


def _passes(error: DBAPIError) -> bool:
    """Whether trying again may help: a serialisation failure, a deadlock, a key that another batch took first."""
    state = getattr(error.orig, "sqlstate", None)
    return state in {"40001", "40P01", "23505"} or "database is locked" in str(error.orig)


def _undo(entries: Sequence[Entry]) -> None:
    for entry in entries:
        entry.proposal, entry.follows = False, None
        entry.outcome = entry.state = entry.rev = entry.waits = entry.settles = None


def _go_on(taken: Sequence[tuple[str, Sequence[Entry]]], now: int) -> None:
    """Lets stored ops go on, by device, now that nothing holds them back."""
    for device, entries in taken:
        process(devices.author_of(device), entries, now)


def _attempt(
    author: Author, entries: Sequence[Entry], now: int, extra: set[str]
) -> tuple[list[str], list[str], list[int]]:
    """One try. Returns the ids for which other ops may wait (of the records that came to be or to move, of the ops that
    may be mended), those for which these ops wait and which were not here, and the rows of the ops that a signature
    held back until now."""
    with writing() as connection:
        _lock_device(connection, author)
        pending, recalled = repeats.undecided(connection, entries)
        repeats.tell_twins(connection, pending)
        author = forks.note(connection, author, pending)
        mends.prepare(connection, author, pending)
        decisions.recall(connection, pending)
        register = Register(connection, epoch.lives(connection))
        needed = scope.records_in(pending)
        feeds = feed.lock(connection, extra | scope.feeds_in(connection, pending, needed))
        register.load(needed)
        repeats.tell_copies(connection, author, pending)
        remerge.recall(register, recalled, now)
        for entry in sorted(pending, key=_turn):
            if entry.follows is not None:
                mends.follow(author, entry, pending)
            _decide(author, entry, register)
        arrived = _write(connection, register, pending, feeds, now)
        _keep_outcomes(connection, pending, register.epoch)
        mentions.keep(connection, author, pending)
        naming.keep(connection, author.device, pending)
        journal.ops(connection, author, pending, register.epoch)
        mends.settle(connection, pending, now)
        decisions.settle(connection, pending, author.device, now)
        devices.note_skew(connection, author, entries, now)
        freed = remerge.release(register, pending, now)
    _count(author, pending)
    absent = [entry.waits for entry in pending if entry.waits and register.get(entry.waits) is None]
    return [*arrived, *(entry.id for entry in pending if entry.outcome in mends.OPEN)], absent, freed


def _write(
    connection: Connection, register: Register, entries: Sequence[Entry], locked: feed.Locked, now: int
) -> list[str]:
    """The effects, in the order in which they rest on each other. Returns the ids of what came to be or moved."""
    moved = placement.settle(register)
    register.flush()
    feed.publish(connection, locked, register)
    touched = {held.id: held for held in [*register.dirty, *moved]}
    projections.write(connection, register.dirty)
    standing.write(connection, register.dirty)
    search.settle(connection, register)
    shields.settle(connection, register)
    asked = rules.ask(connection, register, now)
    attention.settle(connection, touched.values(), now)
    attention.move(connection, moved)
    rules.settle(connection, register, asked, now)
    review.notify(connection, register, now)
    proposals.put(connection, register, [entry for entry in entries if entry.proposal], now)
    if any(placement.REFERENCE in held.feeds for held in [*register.dirty, *moved]):
        reference.forget()
    return [held.id for held in moved]


def _lock_device(connection: Connection, author: Author) -> None:
    """One push of a device at a time: a repeat that arrives while the first is in work waits and gets its outcome."""
    if not is_sqlite(connection):
        connection.execute(select(Device.id).where(Device.id == author.device).with_for_update())


def _turn(entry: Entry) -> tuple[bool, int]:
    """In the order of seq, as they were written; mends after their originals."""
    return entry.follows is not None, entry.head.seq if entry.head else 0


def _decide(author: Author, entry: Entry, register: Register) -> None:
    """Quarantined for what it is by itself, stored when it reaches outside the author's scope, else merged; unless the
    office had decided already."""
    if entry.outcome is not None:
        return
    if entry.decided is not None:
        author = author.vouch()
        if entry.decided.kind == decisions.REJECTED:
            entry.state, entry.outcome = "rejected", "quarantined" if entry.errors else "stored"
            return
    if not entry.errors:
        entry.errors = scope.identity_errors(author, entry)
    if entry.errors:
        entry.outcome = "quarantined"
        return
    if outside := scope.outside(author, entry, register):
        entry.outcome, entry.waits, entry.proposal = "stored", outside.waits, outside.proposal
        return
    try:
        _merge(author, entry, register)
    except Exception:
        error_id = str(uuid.uuid4())
        log.exception("op.failed", op=entry.id, error_id=error_id)
        entry.outcome, entry.errors = "quarantined", {"op": [f"failed|{error_id}"]}


def _merge(author: Author, entry: Entry, register: Register) -> None:
    head, changes = entry.head, entry.changes
    assert head is not None
    assert changes is not None
    held = register.get(head.id)
    if held is not None and held.type != head.type:
        entry.outcome, entry.errors = "quarantined", {"type": ["type.differs"]}
        return
    op = _op(author, entry, head, held.rev if held else 0, register.epoch)
    entry.base, entry.forked, entry.vouched = op.base, op.forked, author.vouched
    signing = shapes.of(head.type).signing
    if signing and sync.judge(held.record if held else None, op) is sync.Verdict.PROPOSAL:
        entry.outcome, entry.proposal = "stored", True
        return
    anew = remerge.is_needed(register, op, head.type)
    merged = register.merge(op, head.type)
    entry.outcome = "conflict" if merged.conflict else "applied"
    if anew:
        remerge.again(register, register.held[head.id], clock.now())
    entry.rev = register.held[head.id].rev


def _op(author: Author, entry: Entry, head: OpHead, rev: int, current: str) -> sync.Op:
    """The op as the engine takes it; a mend stands where its original stood."""
    changes = entry.changes
    assert changes is not None
    origin = entry.settles
    if origin is None or origin.seq is None:
        device, seq, at, epoch, base = author.device, head.seq, entry.at, head.epoch, head.base
        by, office = head.by, author.answers
    else:
        device, seq, at, epoch, base = origin.device, origin.seq, origin.at, origin.epoch, origin.base
        by, office = origin.by, origin.office
    return sync.Op(
        op=entry.id,
        record=head.id,
        device=device,
        seq=seq,
        at=at,
        epoch=epoch,
        base=min(base, rev if epoch == current else MOST_REVS),
        by=by,
        office=office,
        forked=author.forked,
        set=changes.set,
        add=changes.add,
        remove=changes.remove,
        inc=changes.inc,
        delete=head.delete,
        feed=head.feed,
        over=head.over,
        void=head.void,
        was=entry.was,
    )


def _keep_outcomes(connection: Connection, entries: Sequence[Entry], current: str) -> None:
    """Each row's state, with its rev under the epoch that gave it."""
    rows = [
        (
            entry.state or entry.outcome,
            current,
            entry.rev,
            entry.base,
            entry.forked,
            entry.vouched,
            entry.waits,
            orjson.dumps(entry.errors).decode() if entry.errors else None,
            entry.n,
        )
        for entry in entries
    ]
    bulk.update(connection, Op.__table__, _OUTCOME, rows)


def _count(author: Author, entries: Sequence[Entry]) -> None:
    for outcome, count in Counter(entry.outcome for entry in entries).items():
        metrics.OPS.labels(outcome=outcome, author=author.kind).inc(count)
    log.info("batch", device=author.device, ops=[(entry.id, entry.outcome) for entry in entries])


def _result(entry: Entry) -> Result:
    id = entry.id if entry.readable else None
    return Result(id, entry.outcome or "received", entry.rev, entry.errors or None, entry.term)
