"""A small fleet of simulated tablets: they enrol, pull, travel without a connection, and come home one after
another.

Wherever two tablets know one family they come back with different addresses for it, which the office must
then decide about. On request their links and clocks are bad (`FAULTS`). The same seed over the same register makes
the same trips. At the end every op is accounted for.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from requests.adapters import HTTPAdapter

from client_stub import enrolment, faults, trips, view
from client_stub.families import Families
from client_stub.faults import BadLink, Behind
from client_stub.overview import disputed
from client_stub.photos import standing
from client_stub.problems import Trouble
from client_stub.store import Store
from client_stub.sync import sync
from client_stub.transport import Patience
from client_stub.words import Lang
from schemas.kinds import Kind

FAULTS = (*faults.KINDS, "clock")
"""What may go wrong: with the link (faults.py), and with the tablets' clocks while they travel."""

SKEW_MS = 40 * 86_400_000  # a wrong clock is up to so much early or late
EAGER = Patience(tries=20, pause=0.02)  # for links that are bad on purpose
CASES = 4  # families that a team without any opens before its first trip

Tell = Callable[[str, str], None]
"""Told what happens: a key of words.py and a tablet's name."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one tablet: how many families it knows, how many ops it wrote, and what became of them; how many
    files the server has confirmed, and how many wait.
    """

    tablet: str
    team: str
    families: int
    written: int
    applied: int
    conflict: int
    stored: int
    quarantined: int
    waiting: int
    trouble: str | None = None
    photos: int = 0
    photos_waiting: int = 0

    @property
    def lost(self) -> int:
        """Ops that are neither acknowledged nor waiting: it must be 0."""
        return self.written - self.applied - self.conflict - self.stored - self.quarantined - self.waiting


@dataclass(frozen=True, slots=True)
class Summary:
    """``rows`` by tablet; ``disputed`` as overview.py tells it; ``happened``: fault → how often; ``lost`` and
    ``doubled`` count ops and must be 0.
    """

    seed: int
    rows: list[Row]
    disputed: list[dict[str, Any]]
    happened: dict[str, int]
    doubled: int

    @property
    def lost(self) -> int:
        return sum(row.lost for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"lost": self.lost}


@dataclass(slots=True)
class _Tablet:
    name: str
    store: Store
    link: BadLink
    server: Behind
    random: Random
    trouble: Trouble | None = None

    def comes_home(self) -> None:
        report = sync(self.store, self.server)
        self.trouble = report.trouble or report.photo_trouble

    def undisputed(self) -> set[str]:
        return {family.id for family in view.every(self.store, "family") if not family.disputed}


def run(
    url: str,
    codes: Sequence[str],
    seed: int = 1,
    visits: int = 5,
    folder: Path | None = None,
    lang: Lang = "ru",
    tell: Tell = lambda what, tablet: None,
    kinds: Collection[str] = (),
    photos: int = 0,
) -> Summary:
    """Send a tablet for each enrolment code on a trip of so many visits and photos, and bring them all home.

    ``kinds``: which of FAULTS shall happen on the way; the last contact of each tablet is over a good link.
    The tablets' files stay in ``folder``; without one they are thrown away. Raises Trouble when a tablet
    cannot enrol; a tablet that cannot come home says so in its row.
    """
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        fleet: list[_Tablet] = []
        for number, code in enumerate(codes, 1):
            link = BadLink(HTTPAdapter(), Random(f"{seed}:{number}:link"), kinds)
            server = Behind(link, url, lang=lang, patience=EAGER if kinds else None)
            fleet.append(_enrol(stack, place, link, server, code, number, Random(f"{seed}:{number}")))
        _prepare(fleet, tell)
        for tablet in fleet:
            tell("fleet.travels", tablet.name)
            if "clock" in kinds:
                tablet.store.set(offset_ms=tablet.random.randint(-SKEW_MS, SKEW_MS))
            trips.travel(tablet.store, tablet.random, visits)
            trips.take_photos(tablet.store, Random(f"{seed}:{tablet.name}:photos"), photos)
        _disagree(fleet, Random(seed))
        _come_home(fleet, Random(seed), tell)
        return _summary(fleet, seed, lang)


def _enrol(
    stack: ExitStack, place: Path, link: BadLink, server: Behind, code: str, number: int, random: Random
) -> _Tablet:
    name = f"tablet-{number}"
    store = stack.enter_context(Store(place / f"{name}.db"))
    team = enrolment.enroll(store, server, code, name)
    if team["workers"]:
        store.set(worker=team["workers"][number % len(team["workers"])]["id"])
    return _Tablet(name, store, link, server.speaking_for(store["token"]), random)


def _prepare(fleet: Sequence[_Tablet], tell: Tell) -> None:
    """All pull; where there is no family yet, cases are opened first, so that the trips lead somewhere."""
    for tablet in fleet:
        tell("fleet.pulls", tablet.name)
        tablet.comes_home()
        if not view.every(tablet.store, "family") and trips.settlements(tablet.store):
            for _ in range(CASES):
                trips.open_case(tablet.store, tablet.random)
            tablet.comes_home()
    for tablet in fleet:
        tablet.comes_home()


def _disagree(fleet: Sequence[_Tablet], random: Random) -> None:
    """Each tablet and the next that know one family in common correct its address, each its own way."""
    chosen: set[str] = set()
    for one, other in pairwise(fleet):
        common = sorted(one.undisputed() & other.undisputed() - chosen)
        if common:
            family = random.choice(common)
            chosen.add(family)
            for tablet, street in zip((one, other), random.sample(trips.STREETS, 2), strict=True):
                trips.correct_address(tablet.store, family, f"ул. {street}, д. {random.randint(1, 80)}")


def _come_home(fleet: Sequence[_Tablet], random: Random, tell: Tell) -> None:
    """One after another, in any order; then all once more over a good link, to see what the others brought."""
    for tablet in random.sample(fleet, len(fleet)):
        tell("fleet.comes_home", tablet.name)
        tablet.comes_home()
    for tablet in fleet:
        tablet.link.clears()
    for tablet in fleet:
        tablet.comes_home()


def _summary(fleet: Sequence[_Tablet], seed: int, lang: Lang) -> Summary:
    matters = {
        matter["id"]: matter for tablet in fleet for matter in disputed(tablet.store, Families(tablet.store), lang)
    }
    doubled = max((_doubled(tablet.store) for tablet in fleet), default=0)
    happened: Counter[str] = sum((tablet.link.happened for tablet in fleet), Counter())
    return Summary(seed, [_row(tablet, lang) for tablet in fleet], list(matters.values()), dict(happened), doubled)


def _row(tablet: _Tablet, lang: Lang) -> Row:
    acknowledged, files = tablet.store.db.table("acknowledged"), standing(tablet.store)
    outcomes = Counter(row["outcome"] for row in acknowledged.rows)
    return Row(
        tablet=tablet.name,
        team=tablet.store["team"]["code"],
        families=len(view.every(tablet.store, "family")),
        written=tablet.store["seq"] or 0,
        **{outcome: outcomes[outcome] for outcome in ("applied", "conflict", "stored", "quarantined")},
        waiting=tablet.store.waiting(),
        trouble=tablet.trouble.say(lang) if tablet.trouble else None,
        photos=files["handed_in"],
        photos_waiting=files["waiting"],
    )


def _doubled(store: Store) -> int:
    """Log entries that a record holds twice."""
    return sum(len(entries) - len(set(entries)) for entries in _log_entries(store))


def _log_entries(store: Store) -> Iterator[list[tuple[str, int]]]:
    for record in store.records("true", []):
        for name, rule in view.rules_of(record["type"]).items():
            if rule.kind is Kind.LOG:
                yield [(entry["op"], entry["i"]) for entry in record["fields"].get(name, [])]
