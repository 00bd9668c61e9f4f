"""A synthetic region, or a district of it: as many families and children, in each category, as `quotas` says, over the
real settlements of Astrakhan; two years of trips. A stream of ops: at no time is more than one team's part in memory.

The figures are those that Novgorod region published in 2015, the places are Astrakhan's, the people nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from server.demo import population, quotas
from server.demo.doubles import Doubles
from server.demo.families import Case, Home, make_family
from server.demo.people import People
from server.demo.places import Crew, Place, Team, make_teams
from server.demo.quotas import Quotas, Size
from server.demo.script import Script
from server.demo.trips import make_trips_of
from server.office import Change

TWO_YEARS = 731  # days
LOADED = TWO_YEARS + 5  # days ago: when the regional register was taken over
TRIP_EVERY = 14  # days
VISITS = 8
SUPPORTED = {"low_income": 0.25, "other": 0.02}
DISTRICT = ("12630000",)
PART = 500  # families


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made where: the teams, and for each of them how many families in each of its places."""

    size: Size
    crews: list[Crew]
    shares: list[list[int]]


def plan(name: str) -> Plan:
    """The plan of a `region`, or of a `district`, which is a twentieth of it."""
    size, districts = (quotas.REGION, population.DISTRICTS) if name == "region" else (quotas.DISTRICT, DISTRICT)
    wanted = dict.fromkeys(districts)
    crews = population.crews(wanted)
    return Plan(size, crews, population.shares(wanted, crews, size.families))


def changes(plan: Plan, seed: int, today: date, zone: ZoneInfo, doubles: Doubles) -> Iterator[Change]:
    """The ops in the order in which they are written; duplicates go into ``doubles`` meanwhile."""
    script = Script(seed, today, zone)
    people = People(script.chance, today)
    drawn = quotas.draw(plan.size, script.chance)
    teams = make_teams(script, people, plan.crews, LOADED + 1)
    yield from script.drain()
    numbers = iter(range(plan.size.families))
    first_children = [0, *accumulate(drawn.children)]
    for team, shares in zip(teams, plan.shares, strict=True):
        supported: list[Home] = []
        for place, count in zip(team.places, shares, strict=True):
            for _ in range(count):
                number = next(numbers)
                home = make_family(script, people, _case(script, drawn, team, place, number, first_children[number]))
                doubles.note(home, number, first_children[number], drawn)
                supported += [home] if home.case.supported else []
                if number % PART == 0:
                    yield from script.drain()
        make_trips_of(script, team, supported, range(10, TWO_YEARS, TRIP_EVERY), VISITS)
        yield from script.drain()
        script.forget()


def _case(script: Script, drawn: Quotas, team: Team, place: Place, number: int, first_child: int) -> Case:
    """Most families came with the regional register; those that teams support were met in the years since."""
    low_income, sop = number in drawn.low_income, number in drawn.sop
    supported = sop or script.happens(SUPPORTED["low_income" if low_income else "other"])
    children = drawn.children[number]
    return Case(
        number=f"{team.code}/{number + 1:06d}",
        place=place,
        known=_met(script) if supported else _loaded(script, number),
        children=children,
        guardian=script.happens(0.02),
        supported=supported,
        low_income=low_income,
        sop=sop,
        disabled=frozenset(child for child in range(children) if first_child + child in drawn.disabled),
    )


def _met(script: Script) -> datetime:
    return script.moment(script.chance.randint(20, TWO_YEARS), script.chance.randint(9, 16))


def _loaded(script: Script, number: int) -> datetime:
    return script.moment(LOADED, 6) + timedelta(milliseconds=100 * number)
