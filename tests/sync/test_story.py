"""What a record's story tells people."""

from __future__ import annotations

import sync
from schemas.kinds import LIFE
from tests.sync.desk import Server


def told(server: Server, field: str) -> list[tuple[str, str, str | None, str]]:
    """The story of one field: (op, fate, by_op, rule)."""
    entries = sync.tell(server.history, server.rules, server.revs())[field]
    return [(entry.version.op, entry.fate, entry.by_op, entry.rule) for entry in entries]


def test_an_address_that_two_changed_at_once_and_the_office_settled() -> None:
    server = Server()
    anna, boris, office = server.tablet("anna"), server.tablet("boris"), server.office()
    anna.save(set={"address": "Ленина, 1"})
    anna.open(), boris.open()
    anna.save(set={"address": "Мира, 2"})
    boris.save(set={"address": "Мира, 20"})
    assert told(server, "address") == [
        ("anna-1", "replaced", "anna-2", "guarded.seen"),
        ("anna-2", "candidate", None, "guarded.disputed"),
        ("boris-1", "shown", None, "guarded.disputed"),
    ]
    office.open().save(set={"address": "Мира, 2"})
    assert told(server, "address")[1:] == [
        ("anna-2", "replaced", "office-1", "guarded.seen"),
        ("boris-1", "replaced", "office-1", "guarded.seen"),
        ("office-1", "shown", None, "guarded.alone"),
    ]


def test_the_last_agreed_address_is_what_everybody_had_seen() -> None:
    server = Server()
    anna, boris = server.tablet("anna"), server.tablet("boris")
    for address in ("Ленина, 1", "Ленина, 10"):
        anna.save(set={"address": address})
    anna.open(), boris.open()
    anna.save(set={"address": "Мира, 2"})
    boris.save(set={"address": "Мира, 20"})
    assert sync.agreed(server.history, server.rules, server.revs(), "address") == "Ленина, 10"


def test_without_a_dispute_the_agreed_value_is_the_shown_one_and_without_common_ground_there_is_none() -> None:
    server = Server()
    anna, boris = server.tablet("anna"), server.tablet("boris")
    anna.save(set={"address": "Мира, 2"})
    assert sync.agreed(server.history, server.rules, server.revs(), "address") == "Мира, 2"
    boris.save(set={"address": "Мира, 20"})
    assert sync.agreed(server.history, server.rules, server.revs(), "address") is None


def test_a_visits_disputed_family_was_agreed_to_be_the_first() -> None:
    server = Server()
    anna, boris = server.tablet("anna"), server.tablet("boris")
    anna.save(set={"family": "A"})
    boris.open().save(set={"family": "B"})
    assert told(server, "family") == [
        ("anna-1", "shown", None, "once.disputed"),
        ("boris-1", "candidate", None, "once.disputed"),
    ]
    assert sync.agreed(server.history, server.rules, server.revs(), "family") == "A"


def test_why_an_element_is_still_there_after_somebody_removed_it() -> None:
    server = Server()
    anna, boris = server.tablet("anna"), server.tablet("boris")
    anna.save(add={"needs": ["food", "legal"]})
    anna.open(), boris.open()
    boris.save(remove={"needs": ["food", "legal"]})
    anna.save(add={"needs": ["food"]})
    assert told(server, "needs") == [
        ("anna-1", "removed", "boris-1", "set.seen"),
        ("anna-1", "removed", "boris-1", "set.seen"),
        ("boris-1", "concurrent", None, "set.removal"),
        ("boris-1", "removed", None, "set.removal"),
        ("anna-2", "shown", None, "set.added"),
    ]


def test_numbers_and_notes() -> None:
    server = Server()
    anna = server.tablet("anna")
    anna.save(set={"last_contact": "2026-05-03"}, inc={"attended": 2}, add={"notes": ["one"]})
    anna.save(set={"last_contact": "2026-04-01"})
    assert told(server, "last_contact") == [
        ("anna-1", "shown", None, "max.reached"),
        ("anna-2", "replaced", "anna-1", "max.passed"),
    ]
    assert told(server, "attended") == [("anna-1", "entry", None, "counter.kept")]
    assert told(server, "notes") == [("anna-1", "entry", None, "log.kept")]


def test_the_life_of_a_record_is_told_when_somebody_deleted_it() -> None:
    server = Server()
    anna, office = server.tablet("anna"), server.office()
    anna.save(set={"title": "Ивановы"})
    assert LIFE not in sync.tell(server.history, server.rules, server.revs())
    office.open().save(delete=True)
    entries = sync.tell(server.history, server.rules, server.revs())[LIFE]
    assert [(entry.version.op, entry.value, entry.fate) for entry in entries] == [
        ("anna-1", False, "removed"),
        ("office-1", False, "removed"),
        ("office-1", True, "shown"),
    ]
