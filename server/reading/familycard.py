"""A family's card: the case, who belongs to it, where it lives, the latest visits. Its story is in timeline.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from server import epoch, reference, register, shields
from server.db import reading
from server.reading import familyfilter, records, visitlog
from server.reading.households import Household, households
from server.reading.names import named
from server.reading.reach import Reach
from server.reading.words import Name, Words
from server.register import Stored

OWN_PLACE = ("membership", "visit")  # what the card shows in tables of its own
FIRST = ("category", "assignment", "service_rendered", "risk_assessment", "family_plan", "consent")


@dataclass(frozen=True, slots=True)
class Card:
    """``categories``: codes of what is in force today, ``curators``: ids of workers. ``district`` and ``territory``:
    fields of those records, {} when unknown. ``papers``: the other records that belong to the family or its members,
    the newest of each type. ``words`` know every name here. ``epoch``: the present one.
    """

    family: Stored
    household: Household
    categories: list[str]
    curators: list[str]
    territory: dict[str, Any]
    district: dict[str, Any]
    visits: list[visitlog.Line]
    papers: dict[str, list[Stored]]
    words: Words
    epoch: str


def card(family: str, reach: Reach, today: date, words: Words) -> Card | None:
    """None where there is no such family within reach."""
    with reading() as connection:
        found = register.fetch([family], connection).get(family)
        if found is None or found.type != "family" or not reach.sees(family, connection):
            return None
        known = reference.current(connection)
        territory = found.fields.get("territory")
        household = households([family], today, reach, connection)[family]
        papers = _papers(found, household, reach, connection)
        categories, curators = familyfilter.of_families([family], today, reach, connection)
        every = [found, *(record for each in papers.values() for record in each)]
        return Card(
            found,
            household,
            categories.get(family, []),
            curators.get(family, []),
            known.territories.get(territory or "", {}),
            known.territories.get(known.district_of(territory) or "", {}) if territory else {},
            visitlog.of_family(family, today, reach, connection),
            papers,
            _with_readers(named(words, every, connection), found, connection),
            epoch.of(connection),
        )


def _papers(family: Stored, household: Household, reach: Reach, connection: Connection) -> dict[str, list[Stored]]:
    """Of the family and of those who belong to it now; what sits apart from the reader is not there."""
    people = {member.person for member in household.members if member.person and member.here}
    found = [
        *records.parts_of(family, reach, connection).items(),
        *records.attached_to("person", people, reach, connection).items(),
    ]
    papers: dict[str, dict[str, Stored]] = {}
    for name, several in found:
        if name not in OWN_PLACE:
            papers.setdefault(name, {}).update({each.id: each for each in several})
    ordered = sorted(papers, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    return {name: list(papers[name].values()) for name in ordered}


def _with_readers(words: Words, family: Stored, connection: Connection) -> Words:
    """The same words, knowing the tablets and people that the family names as its readers."""
    subjects = (subject for name in shields.NAMING for subject in family.fields.get(name) or ())
    readers = {id: Name("", name) for id, name in shields.names(subjects, connection).items()}
    return replace(words, names={**words.names, **readers})
