"""Families as a worker speaks of them, by case number, name or address; and what records are called in lists.

A family has no name of its own: it is told from its members (memberships → persons), all as this tablet shows
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from client_stub import view
from client_stub.labels import type_title, value_text
from client_stub.store import Store
from client_stub.view import View
from client_stub.words import Lang, say
from schemas import registry
from schemas.text import fold

TAIL = 6  # characters of an id's end that are enough to look for it


@dataclass(frozen=True, slots=True)
class Family:
    """A family on screen with its members' names."""

    view: View
    members: list[str] = field(default_factory=list)

    def title(self, lang: Lang) -> str:
        """One line: case number, surnames, address."""
        number = self.view.fields.get("number")
        surnames = dict.fromkeys(name.split()[0] for name in self.members)
        told = [f"№ {number}" if number else "", ", ".join(surnames), self.view.fields.get("address", "")]
        return " · ".join(part for part in told if part) or say("family.unnamed", lang, id=self.view.id[-TAIL:])

    def answers_to(self, words: Sequence[str]) -> bool:
        """Whether every word is part of the number, a name or the address, or is the id or its end.

        A patronymic counts only beside another word: «Иванов» does not mean everyone whose father was Ivan.
        """
        fields = self.view.fields
        names = [name if len(words) > 1 else " ".join(name.split()[:2]) for name in self.members]
        told = fold(" ".join([fields.get("number", ""), fields.get("address", ""), *names]))
        return all(word in told or (len(word) >= TAIL and self.view.id.endswith(word)) for word in words)


class Families:
    """The families on a tablet, read once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.by_id = {family.id: Family(family) for family in view.every(store, "family")}
        persons = {person.id: _name(person.fields) for person in view.every(store, "person")}
        for membership in view.every(store, "membership"):
            family = self.by_id.get(membership.fields.get("family", ""))
            name = persons.get(membership.fields.get("person", ""))
            if family and name:
                family.members.append(name)

    def find(self, text: str) -> list[Family]:
        """The families that answer to a part of their number, names or address, or to their id or its end."""
        words = fold(text).split()
        return [family for family in self.by_id.values() if words and family.answers_to(words)]

    def title(self, type: str, id: str, lang: Lang, written: Mapping[str, Any] | None = None) -> str:
        """What a record is called in a list: its type, then its family or the fields it is known by.

        ``written`` are the fields of an op that was not taken, for a record that is not on this tablet.
        """
        record = view.look(self.store, id)
        fields = record.fields if record else written or {}
        family = self.by_id.get(id if type == "family" else fields.get("family", ""))
        known_by = family.title(lang) if family else " ".join(_known_by(type, fields, lang))
        return f"{type_title(type, lang)}: {known_by or id[-TAIL:]}"


def _name(fields: dict[str, Any]) -> str:
    return " ".join(fields[key] for key in ("surname", "given", "patronymic") if fields.get(key))


def _known_by(type: str, fields: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    described = registry.get(type)
    for name in described.display if described else ():
        if fields.get(name):
            yield value_text(type, name, fields[name], lang)
