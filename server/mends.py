"""The gate's side of mending: an op that names another in ``mends`` takes over that op's device, seq, base and stamp.

Of mend, release and reject the first accepted wins; a later mend is kept (state ``late``), merges nothing, and gets the
first one's result. The office's mend of an op that has not come waits for it: after a restore the office's ops come
back from the journal before the tablets offer theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Select, select, update

from schemas.wire import read_op
from server import notices, proposals
from server.authors import Author
from server.db import is_sqlite
from server.inbox import Entry, Original, chunks
from server.models import Device, Op

OPEN = ("quarantined", "stored")
MERGED = ("applied", "conflict")
_IS_LATE = Op.state == "late"
_ROWS = select(Op.__table__, Device.kind).join(Device, Device.id == Op.device)


class Undecided(Exception):
    """The original of a mend (its row ``n``) is stored and was not decided yet: that comes first."""

    def __init__(self, n: int) -> None:
        super().__init__(f"row {n} is stored and waits to be processed")
        self.n = n


def prepare(connection: Connection, author: Author, entries: Iterable[Entry]) -> None:
    """Finds the originals of the mends among these entries, and decides those that come too late or name nothing. The
    office's mend of what was not decided waits for that, as a restored server may not decide yet.

    Raises Undecided.
    """
    claimed: dict[str, Original] = {}
    pending = list(entries)
    here = {entry.id: entry for entry in pending}
    for entry in pending:
        if entry.head is None or entry.head.mends is None or entry.errors or entry.twin:
            continue
        entry.follows = here.get(entry.head.mends)
        if entry.follows is not None:
            continue
        row = original(connection, entry.head.mends)
        if author.office and (row is None or row.state == "received"):
            entry.outcome, entry.waits = "stored", entry.head.mends
        elif row is None or not (author.office or _is_own(row, entry, author)):
            entry.errors = {"mends": ["mends.unknown"]}
        elif row.state == "received":
            raise Undecided(row.n)
        elif row.state in OPEN and row.op not in claimed:
            entry.settles = claimed[row.op] = taken_over(row)
        else:
            entry.state = "late"
            entry.outcome, entry.rev = result_of(connection, row)


def _is_own(row: Any, entry: Entry, author: Author) -> bool:
    """Whether a tablet has sent this op, and before it was to be mended."""
    return row.device == author.device and (row.n < entry.n or row.state != "received")


def follow(author: Author, entry: Entry, pending: Iterable[Entry]) -> None:
    """A mend whose original was decided a moment ago, in the same batch."""
    first = entry.follows
    assert first is not None
    mend = next((each for each in pending if each.follows is first and each.settles and each.outcome in MERGED), first)
    if mend is not first or first.outcome not in OPEN:
        entry.state, entry.outcome, entry.rev = "late", mend.outcome, mend.rev
        return
    head = first.head
    seq, base, epoch, by = (head.seq, head.base, head.epoch, head.by) if head else (None, 0, "", None)
    entry.settles = Original(first.n, first.id, author.device, seq, first.at, epoch, base, by, author.answers)


def original(connection: Connection, op_id: str) -> Any:
    """The row that first came under an op id, locked, with whether its device is the office's; None if there is
    none. One that is late came second, whatever its number."""
    return _first(connection, _ROWS.where(Op.op == op_id).order_by(_IS_LATE, Op.n))


def row(connection: Connection, n: int) -> Any:
    """The row of this number, likewise."""
    return _first(connection, _ROWS.where(Op.n == n))


def _first(connection: Connection, query: Select[Any]) -> Any:
    if not is_sqlite(connection):
        query = query.with_for_update(of=Op)
    return connection.execute(query.limit(1)).first()


def taken_over(row: Any) -> Original:
    """What a mend takes over from an original's row."""
    head, _ = read_op(orjson.loads(row.body)) if _is_json(row.body) else (None, {})
    base, epoch = (head.base, head.epoch) if head else (0, row.epoch)
    return Original(row.n, row.op, row.device, row.seq, row.at, epoch, base, row.by, row.kind != "tablet")


def originals(connection: Connection, op_ids: Iterable[str]) -> dict[str, Original]:
    """What the mends of these ops took over, by the original's id: of the row that first came under it."""
    query = _ROWS.order_by(_IS_LATE.desc(), Op.n.desc())
    rows = [row for part in chunks(sorted(op_ids)) for row in connection.execute(query.where(Op.op.in_(part)))]
    return {row.op: taken_over(row) for row in rows}


def _is_json(body: bytes | None) -> bool:
    try:
        orjson.loads(body or b"")
    except orjson.JSONDecodeError:
        return False
    return True


def result_of(connection: Connection, row: Any) -> tuple[str, int | None]:
    """What was decided of an original: (outcome, rev) of its accepted mend, of its release, or its rejection."""
    if row.state == "late":
        row = original(connection, row.mends or row.op)
    if row.state != "mended":
        return row.state, row.rev
    query = select(Op.state, Op.rev).where(Op.mends == row.op, Op.state.in_(MERGED))
    mend = connection.execute(query).one()
    return mend.state, mend.rev


def settle(connection: Connection, entries: Sequence[Entry], now: int) -> None:
    """Marks the originals of the mends that were merged as mended, and tells their devices."""
    for entry in entries:
        if entry.settles is not None and entry.outcome in MERGED:
            done = update(Op).where(Op.n == entry.settles.n).values(state="mended", waits=None)
            connection.execute(done)
            notices.leave(connection, entry.settles.device, notices.SETTLED, entry.outcome, entry.settles.op, now)
            proposals.close(connection, entry.settles.op, entry.id, now)
            give_up(connection, entry.settles.op, entry.outcome, now)


def give_up(connection: Connection, op: str, outcome: str, now: int) -> None:
    """The mends of an op that wait to be mended themselves come too late once it is settled otherwise."""
    query = select(Op.n, Op.op, Op.device).where(Op.mends == op, Op.state.in_(OPEN))
    for late in list(connection.execute(query)):
        connection.execute(update(Op).where(Op.n == late.n).values(state="late", waits=None))
        notices.leave(connection, late.device, notices.SETTLED, outcome, late.op, now)
        proposals.close(connection, late.op, None, now)
