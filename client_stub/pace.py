"""How much goes into one exchange, ops up and changes down: less when answers fail to come, more again when they do.

What was under way when a link breaks goes out again, so on a bad link a batch must be small enough to come through
between two breaks; on a good one a whole trip goes in one round trip. The tablet remembers it from sync to sync.
"""

from __future__ import annotations

from client_stub.store import Store
from schemas.wire import MAX_BODY

LEAST, FIRST = 16_384, 262_144  # bytes of ops before they are compressed; about a fifth of that on the wire
FEWEST, PAGE = 25, 500  # changes in the answer; the rest of a scope is read line by line and resumed anywhere
LEAST_CHUNK, FIRST_CHUNK, LARGEST_CHUNK = 16_384, 32_768, 262_144  # bytes of a file
SHARE = 10
"""A chunk is at most this part of what comes through between two breaks: on average half of one is lost at each."""


def room(store: Store) -> int:
    """The bytes of ops that the next batch may hold."""
    return store["room"] or FIRST


def page(store: Store) -> int:
    """How many changes the answer may hold."""
    return max(FEWEST, min(PAGE, PAGE * room(store) // FIRST))


class Chunks:
    """How many bytes of a file go out at once: a chunk that is cut is sent again whole.

    A quarter more after each that comes through, until one does not. Then a share of what came since the last break,
    and that is kept to until twice as much has come without another. Remembered from sync to sync.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.size: int = store["chunk"] or FIRST_CHUNK
        self.since = 0  # bytes that came through since the last break
        self.between = 0  # and those between the two breaks before

    def came(self, size: int) -> None:
        """A chunk came through."""
        self.since += size
        if self.since > 2 * self.between:
            self.size = min(self.size * 5 // 4, LARGEST_CHUNK)

    def lost(self) -> None:
        """One did not."""
        fitting = self.since // SHARE if self.since else self.size // 2
        self.size = max(LEAST_CHUNK, min(self.size, fitting))
        self.between, self.since = self.since, 0
        self.store.set(chunk=self.size)


def answered(store: Store, size: int) -> None:
    """A batch of so many bytes came through: if it was a large one, the next may be twice as large."""
    if size * 2 > room(store):
        store.set(room=min(room(store) * 2, MAX_BODY))


def unanswered(store: Store, failures: int) -> None:
    """No answer came, for the n-th time in a row. Any link breaks once; from the second time on less is sent."""
    if failures > 1:
        store.set(room=max(room(store) // 2, LEAST))
