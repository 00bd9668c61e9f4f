"""One simulated fleet: tablets of overlapping teams travel, come home over bad links and meet the office's decisions.

`play` tells a whole story from a seed and ends with everybody quiet over a good link; truth.py then says what is wrong.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Protocol

from requests.adapters import BaseAdapter

from client_stub.report import Report
from tests.simulation import truth
from tests.simulation.fate import DAY, MINUTE, Fate
from tests.simulation.region import Region
from tests.simulation.tablets import Tablet

CREWS = ("first", "first", "second", "second", "third")
STRETCHES = 3  # of work between contacts
PAUSE = 0.05  # seconds between two deeds of the office, while tablets come home at once
ROUNDS = 12  # of syncs that a fleet may need to fall quiet


class Air(Protocol):
    """What lies between the tablets and the server. ``answered``: op id → outcomes, as far as that can be known."""

    url: str
    answered: dict[str, list[str]]
    failures: list[str]

    def link(self, random: Random) -> BaseAdapter:
        """A bad link for one tablet."""

    def clears(self) -> None:
        """From now on every link is good; what was still under way arrives."""


class Fleet:
    """``at_once``: tablets come home all at the same moment, each in a thread of its own; else one after another."""

    def __init__(self, fate: Fate, region: Region, air: Air, folder: Path, at_once: bool = False) -> None:
        self.fate = fate
        self.random = fate.random
        self.region = region
        self.air = air
        self.at_once = at_once
        self.befell: Counter[str] = Counter()
        self.tablets = [self._tablet(f"tablet-{n}", crew, folder) for n, crew in enumerate(CREWS, 1)]
        self._put_back: list[Callable[[], None]] = []

    def _tablet(self, name: str, crew: str, folder: Path) -> Tablet:
        own = Random(f"{self.fate.seed} {name}")
        return Tablet(name, folder, lambda: self.region.code(crew), self.air.link(own), self.air.url, own)

    def play(self) -> None:
        """The whole story."""
        for tablet in self.tablets:
            tablet.enrol()
            tablet.comes_home()
        for _ in range(STRETCHES):
            self._travel()
            self._come_home()
        self._settle_down()

    def complaints(self) -> list[str]:
        """What is wrong, once all is quiet."""
        return [*self.air.failures, *truth.complaints(self.region, self.tablets, self.air.answered)]

    def close(self) -> None:
        for tablet in self.tablets:
            tablet.close()

    def _travel(self) -> None:
        self.fate.passes(DAY // 2)
        for tablet in list(self.tablets):
            tablet.works(self.random.randint(2, 6))
            self._befalls(tablet)
            self.fate.passes(90 * MINUTE)
            tablet.works(self.random.randint(0, 3))

    def _befalls(self, tablet: Tablet) -> None:
        """A mishap, perhaps."""
        what = self.random.choices(list(MISHAPS), list(MISHAPS.values()))[0]
        self.befell[what] += 1
        match what:
            case "clock":
                tablet.clock_jumps()
            case "clone" if len(self.tablets) < len(CREWS) + 2:
                self.tablets.append(tablet.is_cloned(f"{tablet.name}-twin-{len(self.tablets)}"))
            case "reinstall":
                tablet.is_reinstalled()
            case "copy":
                self._put_back.append(tablet.is_kept_aside())
            case "put back" if self._put_back:
                self._put_back.pop()()
            case "enrol":
                tablet.enrol()

    def _come_home(self) -> None:
        if self.at_once:
            with ThreadPoolExecutor(len(self.tablets)) as pool:
                tries = [pool.submit(_tries, tablet, self.random.randint(1, 4)) for tablet in self.tablets]
                while not all(each.done() for each in tries):
                    self.region.works()
                    time.sleep(PAUSE)
                for each in tries:
                    each.result()
            return
        tries = [tablet for tablet in self.tablets for _ in range(self.random.randint(1, 3))]
        for tablet in self.random.sample(tries, len(tries)):
            if self.random.random() < 0.4:
                self.region.works()
            tablet.comes_home()

    def _settle_down(self) -> None:
        """Raises AssertionError when the fleet never falls quiet."""
        self.air.clears()
        for _ in range(ROUNDS):
            if [tablet for tablet in self.tablets if self._is_busy(tablet, tablet.comes_home())] == []:
                return
        raise AssertionError(f"not quiet after {ROUNDS} rounds over a good link")

    def _is_busy(self, tablet: Tablet, report: Report) -> bool:
        """Whether a sync over a good link brought, took or left anything."""
        assert report.trouble is None, f"{tablet.name}: {report.trouble.say('en')}"
        if report.reenrol:
            tablet.enrol()
        return bool(report.reenrol or report.results or report.received or report.gone or report.waiting)


MISHAPS = {"nothing": 9, "clock": 4, "clone": 1, "reinstall": 1, "copy": 2, "put back": 2, "enrol": 1}
"""What befalls a tablet on a stretch of its way, and how often."""


def _tries(tablet: Tablet, times: int) -> None:
    for _ in range(times):
        with tablet.elsewhere() as same:
            same.comes_home()


@contextmanager
def played(fate: Fate, region: Region, air: Air, folder: Path, at_once: bool = False) -> Iterator[Fleet]:
    """A fleet after its story; its files are closed at the end."""
    fleet = Fleet(fate, region, air, folder, at_once)
    try:
        fleet.play()
        yield fleet
    finally:
        fleet.close()
