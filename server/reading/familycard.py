"""A family's card: the case, who belongs to it, where it lives, the latest visits. Its story is in timeline.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from server import epoch, reference, register, shields
from server.db import reading
from server.reading import records, visitlog
from server.reading.households import Household, households
from server.reading.names import named
from server.reading.reach import Reach
from server.reading.words import Name, Words
from server.register import Stored

OWN_PLACE = ("membership", "visit")  # what the card shows in tables of its own


@dataclass(frozen=True, slots=True)
class Card:
    """``district`` and ``territory``: fields of those records, {} when unknown. ``papers``: the other records that
    belong to the family, the newest of each type. ``words`` know every name here. ``epoch``: the present one."""

    family: Stored
    household: Household
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
        papers = {
            name: each for name, each in records.parts_of(found, reach, connection).items() if name not in OWN_PLACE
        }
        every = [found, *(record for each in papers.values() for record in each)]
        return Card(
            found,
            households([family], today, reach, connection)[family],
            known.territories.get(territory or "", {}),
            known.territories.get(known.district_of(territory) or "", {}) if territory else {},
            visitlog.of_family(family, today, reach, connection),
            papers,
            _with_readers(named(words, every, connection), found, connection),
            epoch.of(connection),
        )


def _with_readers(words: Words, family: Stored, connection: Connection) -> Words:
    """The same words, knowing the tablets and people that the family names as its readers."""
    subjects = (subject for name in shields.NAMING for subject in family.fields.get(name) or ())
    readers = {id: Name("", name) for id, name in shields.names(subjects, connection).items()}
    return replace(words, names={**words.names, **readers})
