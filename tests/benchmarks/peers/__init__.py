"""The peers: other sync servers, installed by the benchmark itself into an ignored folder and measured in the same
run. Where one can't be had, the rows say so and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from tests.benchmarks.bench import Bench
from tests.benchmarks.peers import kinto, pouchdb
from tests.benchmarks.scene import Op


class Peer(Protocol):
    """A peer that runs. Both give records a second."""

    def push(self, ops: Sequence[Op]) -> float: ...

    def pull(self, ops: Sequence[Op]) -> float: ...


Start = Callable[[Bench], AbstractContextManager[Peer]]
PEERS: dict[str, tuple[Start, Callable[[Bench], int]]] = {
    "Kinto": (kinto.running, lambda bench: bench.scale.slow_peer_records),
    "pouchdb-server": (pouchdb.running, lambda bench: bench.scale.peer_records),
}
"""Name → how it is started, and how many records it is given."""


@dataclass(slots=True)
class Beside:
    """``speeds``: peer → records/s. ``why``: a sentence for each that could not be had."""

    speeds: dict[str, float] = field(default_factory=dict)
    why: str = ""


def pushes(bench: Bench, ops: Sequence[Op]) -> Beside:
    """What the peers take in a second, 500 a request."""
    return _measure(bench, ops, lambda peer, some: peer.push(some))


def pulls(bench: Bench, ops: Sequence[Op]) -> Beside:
    """What the peers give back in a second, in pages of 500."""
    return _measure(bench, ops, lambda peer, some: peer.pull(some))


def _measure(bench: Bench, ops: Sequence[Op], speed: Callable[[Peer, Sequence[Op]], float]) -> Beside:
    beside = Beside()
    for name, (running, count) in PEERS.items() if bench.with_peers else ():
        try:
            with running(bench) as peer:
                beside.speeds[name] = speed(peer, ops[: count(bench)])
        except Exception as why:  # whatever it is that fails there, our own figure stands
            beside.why += f"; {name} not measured: {why or type(why).__name__}"[:200]
    return beside if bench.with_peers else Beside(why="; peers left out")
