"""How much goes into one exchange, ops up and changes down: less when answers fail to come, more again when they do.

What was under way when a link breaks goes out again, so on a bad link a batch must be small enough to come through
between two breaks; on a good one a whole trip goes in one round trip. The tablet remembers it from sync to sync.
"""

from __future__ import annotations

from client_stub.store import Store
from schemas.wire import MAX_BODY

LEAST, FIRST = 16_384, 262_144  # bytes of ops before they are compressed; about a fifth of that on the wire
FEWEST, PAGE = 25, 500  # changes in the answer; the rest of a scope is read line by line and resumed anywhere


def room(store: Store) -> int:
    """The bytes of ops that the next batch may hold."""
    return store["room"] or FIRST


def page(store: Store) -> int:
    """How many changes the answer may hold."""
    return max(FEWEST, min(PAGE, PAGE * room(store) // FIRST))


LEAST_CHUNK, FIRST_CHUNK, LARGEST_CHUNK, STEP = 16_384, 32_768, 262_144, 2_048


class Chunks:
    """How many bytes of a file go out at once: a chunk that is cut is sent again whole.

    A quarter more after each that comes through, until one does not: then half of it, and from there on a step more at
    a time (additive increase, multiplicative decrease: Chiu and Jain 1989). Remembered from sync to sync.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.size: int = store["chunk"] or FIRST_CHUNK
        self.is_wary = False

    def came(self) -> None:
        """A chunk came through."""
        self.size = min(self.size + STEP if self.is_wary else self.size * 5 // 4, LARGEST_CHUNK)

    def lost(self) -> None:
        """One did not."""
        self.size, self.is_wary = max(self.size // 2, LEAST_CHUNK), True
        self.store.set(chunk=self.size)


def answered(store: Store, size: int) -> None:
    """A batch of so many bytes came through: if it was a large one, the next may be twice as large."""
    if size * 2 > room(store):
        store.set(room=min(room(store) * 2, MAX_BODY))


def unanswered(store: Store, failures: int) -> None:
    """No answer came, for the n-th time in a row. Any link breaks once; from the second time on less is sent."""
    if failures > 1:
        store.set(room=max(room(store) // 2, LEAST))
