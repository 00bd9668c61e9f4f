"""Scenarios for what the office voids: the record is the merge of the other ops, whenever they come."""

from __future__ import annotations

import json

import pytest

import sync
from tests.sync.desk import Author, Server

People = tuple[Server, Author, Author, Author]


@pytest.fixture
def people() -> People:
    """A server with one record, on the screens of two tablets and of the office."""
    server = Server()
    anna, boris, office = server.tablet("anna"), server.tablet("boris"), server.office()
    anna.save(set={"title": "Ивановы", "last_contact": "2026-04-01"})
    return server, anna.open(), boris.open(), office.open()


def test_a_last_contact_in_the_year_9999_is_mended(people: People) -> None:
    server, anna, boris, office = people
    anna.save(set={"last_contact": "9999-12-31"})
    boris.save(set={"last_contact": "2026-05-03"})
    office.open().save(void=("anna-2",))
    assert server.fields["last_contact"] == "2026-05-03"


def test_what_a_voided_op_had_replaced_shows_again(people: People) -> None:
    server, anna, _, office = people
    anna.save(set={"title": "Петровы"}, add={"notes": ["не та семья"]})
    office.open().save(void=("anna-2",))
    assert server.fields == {"title": "Ивановы", "last_contact": "2026-04-01"}


def test_an_op_that_was_voided_before_it_came_is_ignored_when_it_comes(people: People) -> None:
    server, anna, _, office = people
    late = anna.write(set={"title": "Петровы"}, inc={"attended": 3})
    office.save(void=("anna-2",))
    assert server.record
    assert server.record.voided == {"anna-2"}
    assert not anna.send(late).conflict
    assert server.fields == {"title": "Ивановы", "last_contact": "2026-04-01"}
    assert server.record.voided == frozenset()


def test_a_record_may_begin_with_the_op_that_voids(people: People) -> None:
    server = Server()
    anna, office = server.tablet("anna"), server.office()
    office.save(void=("anna-1",))
    anna.save(set={"title": "Ивановы"})
    assert server.fields == {}
    assert not server.is_deleted


def test_what_is_voided_and_has_not_come_is_remembered_in_the_database_and_in_the_backup(people: People) -> None:
    server, anna, _, office = people
    late = anna.write(set={"title": "Петровы"})
    assert server.record
    assert "void" not in sync.to_state(server.record)
    office.save(void=("anna-2",))
    assert sync.from_state(*json.loads(json.dumps([server.fields, sync.to_state(server.record)]))) == server.record
    server.back_up()
    server.restore()
    anna.send(late)
    assert server.fields["title"] == "Ивановы"


def test_an_op_that_voids_speaks_like_any_other_besides(people: People) -> None:
    server, anna, _, office = people
    anna.save(set={"title": "Петровы"})
    office.open().save(set={"title": "Сидоровы"}, void=("anna-2",))
    assert server.fields["title"] == "Сидоровы"
    assert server.disputed() == {}


def test_to_void_something_in_a_deleted_record_is_an_edit_of_it(people: People) -> None:
    server, _, boris, office = people
    boris.save(delete=True)
    office.save(void=("anna-1",))
    assert not server.is_deleted
    assert server.disputed() == {"@life": [True, False]}


def test_a_voided_delete_deletes_nothing(people: People) -> None:
    server, _, boris, office = people
    boris.save(delete=True)
    office.open().save(void=("boris-1",))
    assert not server.is_deleted
    assert server.disputed() == {}


def test_a_tablet_voids_nothing(people: People) -> None:
    server, anna, boris, _ = people
    anna.save(set={"title": "Петровы"})
    boris.open().save(void=("anna-2", "boris-9"))
    assert server.fields["title"] == "Петровы"
    assert server.record
    assert server.record.voided == frozenset()


def test_a_void_is_undone_by_voiding_it(people: People) -> None:
    server, anna, _, office = people
    anna.save(set={"title": "Петровы"})
    office.open().save(void=("anna-2",))
    office.open().save(void=("office-1",))
    assert server.fields["title"] == "Петровы"


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_that_void_each_other_the_later_has_the_last_word(people: People, first: int) -> None:
    server, _, _, office = people
    other = server.office("other")
    early = office.write(set={"title": "early"}, void=("other-1",))
    late = other.write(set={"title": "late"}, void=("office-1",))
    office.send(*([early, late][:: 1 - 2 * first]))
    assert server.disputed() == {}
    assert server.fields["title"] == "late"


def test_the_story_tells_who_voided_a_value(people: People) -> None:
    server, anna, _, office = people
    anna.save(set={"title": "Петровы"})
    office.open().save(void=("anna-2",))
    entries = sync.tell(server.history, server.rules, server.revs())["title"]
    assert [(entry.version.op, entry.fate, entry.by_op, entry.rule) for entry in entries] == [
        ("anna-1", "shown", None, "latest.alone"),
        ("anna-2", "voided", "office-1", "latest.voided"),
    ]
