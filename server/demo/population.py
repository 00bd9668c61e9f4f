"""How a region's families are spread over its settlements: by population, rounded from what is commonly known.

Towns have figures of their own. What is left of a district is shared by its settlements: one share a village, and
more for the settlement of the district's centre.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping

from server.demo.places import EDITION, Crew

PEOPLE = {  # thousands
    "12605000": 57, "12605101": 34, "12605157": 7.6, "12605168": 2.5,
    "12610000": 43,
    "12615000": 23,
    "12620000": 44, "12620157": 5, "12620162": 6,
    "12625000": 45, "12625101": 15, "12625157": 2.4, "12625162": 2.2,
    "12630000": 39,
    "12635000": 27, "12635151": 8.5,
    "12640000": 49, "12640101": 11,
    "12642000": 61,
    "12645000": 37, "12645101": 17,
    "12650000": 17,
    "12701000": 475,
    "12719000": 24,
}  # fmt: skip
CENTRE_SHARES = 12
DISTRICTS = {
    "12605000": ("AH", "Ахтубинск"), "12610000": ("VO", "Володарский"), "12615000": ("EN", "Енотаевка"),
    "12620000": ("IK", "Икряное"), "12625000": ("KA", "Камызяк"), "12630000": ("KY", "Красный Яр"),
    "12635000": ("LI", "Лиман"), "12640000": ("NA", "Нариманов"), "12642000": ("PR", "Началово"),
    "12645000": ("HA", "Харабали"), "12650000": ("CY", "Чёрный Яр"), "12701000": ("AS", "Астрахань"),
    "12719000": ("ZN", "Знаменск"),
}  # fmt: skip
"""OKTMO code of a district or urban okrug → (the letters of its teams' codes, their name)."""

PLACES_OF_A_TEAM = 4
CITY_TEAMS = {"12701000": 8, "12719000": 1}


def settlements(districts: Mapping[str, object]) -> dict[str, dict[str, float]]:
    """District → its settlements → thousands of people; an urban okrug is its own settlement."""
    rows = _rows()
    found: dict[str, dict[str, float]] = {}
    for code in districts:
        inside = {row["oktmo"]: _shares(row, rows) for row in rows.values() if row["parent"] == code}
        inside = {oktmo: shares for oktmo, shares in inside.items() if rows[oktmo]["kind"] != "locality"}
        found[code] = _spread(code, inside) if inside else {code: PEOPLE[code]}
    return found


def _rows() -> dict[str, dict[str, str]]:
    with EDITION.open(encoding="utf-8", newline="") as file:
        return {row["oktmo"]: row for row in csv.DictReader(file)}


def _shares(settlement: Mapping[str, str], rows: Mapping[str, Mapping[str, str]]) -> int:
    villages = sum(row["parent"] == settlement["oktmo"] for row in rows.values())
    is_centre = settlement["centre"] == rows[settlement["parent"]]["centre"]
    return villages + (CENTRE_SHARES if is_centre else 0)


def _spread(district: str, shares: Mapping[str, int]) -> dict[str, float]:
    towns = {code: PEOPLE[code] for code in shares if code in PEOPLE}
    rest = PEOPLE[district] - sum(towns.values())
    total = sum(share for code, share in shares.items() if code not in towns)
    return {code: towns.get(code) or rest * share / total for code, share in shares.items()}


def crews(districts: Mapping[str, object]) -> list[Crew]:
    """The teams of these districts: one for four settlements, and several in the city."""
    made: list[Crew] = []
    for district, inside in settlements(districts).items():
        letters, name = DISTRICTS[district]
        codes = sorted(inside)
        parts = [tuple(codes[start : start + PLACES_OF_A_TEAM]) for start in range(0, len(codes), PLACES_OF_A_TEAM)]
        parts *= CITY_TEAMS.get(district, 1)
        made += [Crew(f"{letters}-{number}", name, places) for number, places in enumerate(parts, 1)]
    return made


def shares(districts: Mapping[str, object], teams: list[Crew], families: int) -> list[list[int]]:
    """For each team, for each of its places, how many of the families live there; together exactly as many."""
    people = {code: count for inside in settlements(districts).values() for code, count in inside.items()}
    teams_at: dict[str, int] = defaultdict(int)
    for team in teams:
        for place in team.places:
            teams_at[place] += 1
    weights = [people[place] / teams_at[place] for team in teams for place in team.places]
    counts = iter(_apportion(weights, families))
    return [[next(counts) for _ in team.places] for team in teams]


def _apportion(weights: list[float], whole: int) -> list[int]:
    """Whole numbers in proportion to the weights, by largest remainders."""
    exact = [weight * whole / sum(weights) for weight in weights]
    counts = [int(each) for each in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: counts[place] - exact[place])
    for place in by_remainder[: whole - sum(counts)]:
        counts[place] += 1
    return counts
