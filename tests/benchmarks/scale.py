"""How much is measured: FULL for people, TINY for the test that sees to it that every row runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Counts of one run. ``bound``: seconds after which a row ends by itself."""

    name: str
    bound: float
    rounds: int
    ops: int  # of the gate, and of a push
    batch: int
    connections: int
    families: int  # a team
    peer_records: int  # of pouchdb-server
    slow_peer_records: int  # of Kinto
    pulled: int  # records of a scope that is pulled whole
    tablets: int  # of the storm
    tablet_ops: int
    visits: int  # of a trip
    link_speed: int  # times the speed of the slow link
    history: tuple[int, int]  # ops before and after the growth
    growth_teams: int
    growth_batches: int
    region_families: int

    @property
    def is_full(self) -> bool:
        """Whether the figures may be held against the goals."""
        return self.name == "full"


FULL = Scale(
    name="full", bound=900, rounds=3, ops=10_000, batch=500, connections=8, families=100, peer_records=10_000,
    slow_peer_records=1_000, pulled=20_000, tablets=200, tablet_ops=300, visits=60, link_speed=1,
    history=(50_000, 5_000_000), growth_teams=40, growth_batches=20, region_families=76_000,
)  # fmt: skip
SMALL = Scale(
    name="small", bound=300, rounds=1, ops=2_000, batch=500, connections=8, families=50, peer_records=2_000,
    slow_peer_records=300, pulled=4_000, tablets=40, tablet_ops=100, visits=60, link_speed=1,
    history=(5_000, 50_000), growth_teams=10, growth_batches=4, region_families=2_000,
)  # fmt: skip
TINY = Scale(
    name="tiny", bound=60, rounds=1, ops=20, batch=10, connections=2, families=2, peer_records=10,
    slow_peer_records=10, pulled=20, tablets=2, tablet_ops=10, visits=2, link_speed=4,
    history=(50, 100), growth_teams=1, growth_batches=1, region_families=6,
)  # fmt: skip
SCALES = {scale.name: scale for scale in (FULL, SMALL, TINY)}
