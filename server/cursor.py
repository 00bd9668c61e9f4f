"""Cursors: where a tablet stands in each feed of its scope, signed by us and opaque to it.

A mark is the position up to which the tablet has read. While it catches up, the mark also keeps where it began
(``since``) and how far the feed went then (``until``): a record that had left before that is `gone` only for a tablet
that had it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import orjson

from server.keys import Keys

Stays = Sequence[tuple[int, int | None]]
"""Between which positions of a feed its readers could have a record: (from, to), None for as long as they can."""

MAC_BYTES = 16
LEAVING, AGAIN = -1, -2  # in the place of ``until``


class BadCursor(ValueError):
    """Not a cursor of ours, or one that was changed on the way."""


class Mark(NamedTuple):
    """Read up to ``at``; of the stretch now being read, ``since`` is its beginning and ``until`` its end when it
    began. A feed that is sent once more is read from 0: until ``at`` has come up to ``since``, the tablet still has
    what it had there."""

    at: int = 0
    since: int = 0
    until: int = 0

    def had(self, stays: Stays, position: int) -> bool:
        """Whether the tablet can have a record that was in the feed between these positions; its row stands at
        ``position``. One that is sent the feed again, for its copies differ, can have whatever was ever there."""
        if self.until == AGAIN:
            return any(begin <= self.since for begin, _ in stays)
        return _is_within(stays, self.since if position <= self.until else self._read)

    def leaves_with(self, stays: Stays) -> bool:
        """Whether a tablet that leaves the feed has a record from it."""
        return _is_within(stays, self.since)

    def begin(self, head: int) -> Mark:
        """The mark at the start of a page: a tablet that had caught up begins a new stretch."""
        if self.until == LEAVING:
            return Mark(0, self.since, head)
        is_under_way = self.at < (self.since if self.until == AGAIN else self.until)
        return self if is_under_way else Mark(self.at, self.at, head)

    def leave(self) -> Mark:
        """The mark of a feed that is no longer in the scope, or is sent anew from its beginning: ``at`` counts what was
        told, ``since`` is what was read."""
        return self if self.until == LEAVING else Mark(0, self._read, LEAVING)

    def again(self) -> Mark:
        """From the feed's beginning, for the tablet's copies differ: it is told of all that has ever gone."""
        return Mark(0, self._read, AGAIN)

    @property
    def _read(self) -> int:
        return max(self.at, self.since)


def _is_within(stays: Stays, at: int) -> bool:
    return any(begin <= at and (end is None or at < end) for begin, end in stays)


@dataclass(frozen=True, slots=True)
class Cursor:
    """``marks``: feed → Mark. ``device``: who alone may read on from it. ``epoch``: the life of the database it was
    read in. ``schema``: in which the tablet reads; ``served``: the server's own then. When either changes, the scope
    is sent again."""

    device: str
    epoch: str
    schema: int
    served: int
    marks: dict[str, Mark] = field(default_factory=dict)

    def moved(self, feed: str, mark: Mark | None) -> Cursor:
        """With another mark for one feed; None forgets the feed."""
        marks = {name: each for name, each in self.marks.items() if name != feed}
        return replace(self, marks=marks if mark is None else marks | {feed: mark})


def write(cursor: Cursor, keys: Keys) -> str:
    """Base64url text: MAC, then the compressed cursor."""
    marks = {feed: [mark.at] if mark == caught_up(mark.at) else list(mark) for feed, mark in cursor.marks.items()}
    body = zlib.compress(orjson.dumps([cursor.epoch, cursor.schema, cursor.served, marks]))
    return base64.urlsafe_b64encode(_mac(body, cursor.device, keys) + body).rstrip(b"=").decode()


def read(text: str, device: str, keys: Keys) -> Cursor:
    """A device's cursor. Another's is as bad as a forged one: it would tell what its owner had. Raises BadCursor."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadCursor("not base64url") from error
    mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(body, device, keys)):
        raise BadCursor("not signed by this server for this device")
    epoch, schema, served, marks = orjson.loads(zlib.decompress(body))
    return Cursor(device, epoch, schema, served, {feed: _mark(numbers) for feed, numbers in marks.items()})


def _mark(numbers: list[int]) -> Mark:
    return Mark(*numbers) if len(numbers) > 1 else caught_up(numbers[0])


def caught_up(at: int) -> Mark:
    """The mark of a tablet that has read a feed to its head."""
    return Mark(at, at, at)


def _mac(body: bytes, device: str, keys: Keys) -> bytes:
    return keys.mac("cursor", device.encode() + body)[:MAC_BYTES]
