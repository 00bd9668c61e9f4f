"""Scenarios for deletes: knowing ones, ones that meet edits, and their undoing."""

from __future__ import annotations

import pytest

from tests.sync.desk import Author, Server

People = tuple[Server, Author, Author, Author]


@pytest.fixture
def people() -> People:
    """A server with one record, on the screens of two tablets and of the office."""
    server = Server()
    anna, boris, office = server.tablet("anna"), server.tablet("boris"), server.office()
    anna.save(set={"title": "Ивановы"})
    return server, anna.open(), boris.open(), office.open()


def test_a_record_is_deleted_and_an_undelete_brings_its_fields_back(people: People) -> None:
    server, _, _, office = people
    office.save(delete=True)
    assert server.is_deleted
    office.save(delete=False)
    assert not server.is_deleted
    assert server.fields == {"title": "Ивановы"}
    assert server.disputed() == {}


def test_an_edit_that_the_delete_had_not_seen_revives_the_record_and_is_disputed(people: People) -> None:
    server, anna, _, office = people
    edit = anna.write(set={"title": "Петровы"})
    office.save(delete=True)
    assert anna.send(edit).conflict
    assert not server.is_deleted
    assert server.fields == {"title": "Петровы"}
    assert server.disputed() == {"@life": [False, True]}


def test_a_delete_that_arrives_after_an_edit_it_had_not_seen_is_disputed_too(people: People) -> None:
    server, anna, _, office = people
    anna.save(set={"title": "Петровы"})
    assert office.save(delete=True).conflict
    assert not server.is_deleted


def test_the_next_edit_is_no_decision_about_a_disputed_delete(people: People) -> None:
    server, anna, boris, office = people
    edit = anna.write(set={"title": "Петровы"})
    office.save(delete=True)
    anna.send(edit)
    boris.open().save(set={"address": "Мира, 2"})
    assert server.disputed() == {"@life": [True, False]}


@pytest.mark.parametrize("decision", [True, False])
def test_the_office_decides_a_disputed_delete(people: People, decision: bool) -> None:
    server, anna, _, office = people
    edit = anna.write(set={"title": "Петровы"})
    office.save(delete=True)
    anna.send(edit)
    assert not office.open().save(delete=decision).conflict
    assert server.is_deleted is decision
    assert server.disputed() == {}


def test_a_tablets_own_earlier_edits_do_not_revive_what_it_deleted(people: People) -> None:
    server, anna, _, _ = people
    edit, deleted = anna.write(set={"title": "Петровы"}), anna.write(delete=True)
    anna.send(deleted, edit)
    assert server.is_deleted
    assert server.disputed() == {}


def test_a_record_whose_delete_arrives_first_is_a_tombstone_from_the_start() -> None:
    server = Server()
    anna = server.tablet("anna")
    made, deleted = anna.write(set={"title": "Ивановы"}), anna.write(delete=True)
    anna.send(deleted)
    assert server.is_deleted
    anna.send(made)
    assert server.is_deleted


def test_an_undelete_that_arrives_before_its_delete_holds() -> None:
    server = Server()
    anna = server.tablet("anna")
    made, deleted, back = anna.write(set={"title": "Ивановы"}), anna.write(delete=True), anna.write(delete=False)
    anna.send(back, deleted, made)
    assert not server.is_deleted
    assert server.disputed() == {}


def test_two_deletes_agree(people: People) -> None:
    server, anna, boris, _ = people
    anna.save(delete=True)
    assert not boris.save(delete=True).conflict
    assert server.is_deleted


def test_work_on_a_known_tombstone_is_not_lost_but_shown_for_decision(people: People) -> None:
    server, anna, _, office = people
    office.save(delete=True)
    assert anna.open().save(add={"notes": ["семья вернулась"]}).conflict
    assert not server.is_deleted
    assert server.disputed() == {"@life": [True, False]}
