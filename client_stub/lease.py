"""The lease: how long a tablet may be read without contact. What it has not sent can be handed over past it."""

from __future__ import annotations

from client_stub import clock
from client_stub.problems import Trouble
from client_stub.store import Store
from client_stub.words import when
from schemas.clock import unpack


def check(store: Store) -> None:
    """Raises Trouble `revoked` or `lease_over` when this tablet shows nothing any more."""
    if store["revoked"]:
        raise Trouble("revoked")
    if _latest_ms(store) > clock.ms_of(store["lease_until"]):
        raise Trouble("lease_over", when=when(store["lease_until"]), number=store.waiting())


def _latest_ms(store: Store) -> int:
    """The latest moment that this tablet knows of: setting its clock back gains nothing."""
    stamped = unpack(store["stamp"])[0] if store["stamp"] else 0
    return max(round(clock.now(store).timestamp() * 1000), stamped)
