"""Scenarios for fields that hold many: sets, logs, counters; and for max and min."""

from __future__ import annotations

import pytest

from schemas.kinds import FieldRule, Kind
from tests.sync.desk import Author, Server

People = tuple[Server, Author, Author]


@pytest.fixture
def people() -> People:
    """A server with one record, on the screens of two tablets."""
    server = Server()
    anna, boris = server.tablet("anna"), server.tablet("boris")
    anna.save(add={"needs": ["legal", "food"], "notes": ["первое посещение"]})
    return server, anna.open(), boris.open()


def test_elements_that_two_tablets_add_are_both_there(people: People) -> None:
    server, anna, boris = people
    anna.save(add={"needs": ["school"]})
    boris.save(add={"needs": ["clothes"]})
    assert server.fields["needs"] == ["food", "legal", "school", "clothes"]


def test_an_element_added_while_another_tablet_removes_it_stays(people: People) -> None:
    server, anna, boris = people
    again, removed = anna.write(add={"needs": ["food"]}), boris.write(remove={"needs": ["food"]})
    anna.send(again)
    boris.send(removed)
    assert server.fields["needs"] == ["legal", "food"]


def test_a_removal_takes_away_what_its_author_had_seen(people: People) -> None:
    server, _, boris = people
    boris.save(remove={"needs": ["food"]})
    assert server.fields["needs"] == ["legal"]


def test_a_set_whose_last_element_is_removed_is_no_longer_shown(people: People) -> None:
    server, _, boris = people
    boris.save(remove={"needs": ["food", "legal"]})
    assert "needs" not in server.fields


def test_a_removal_that_overtook_its_own_tablets_add_still_removes() -> None:
    server = Server()
    anna = server.tablet("anna")
    added, removed = anna.write(add={"needs": ["food"]}), anna.write(remove={"needs": ["food"]})
    anna.send(removed, added)
    assert server.fields == {}


def test_a_removal_reaches_the_add_behind_a_later_one_of_the_same_tablet(people: People) -> None:
    """Anna added twice, the first add is still on its way. Who removes the second had, through it, seen the first."""
    server, anna, boris = people
    first, second = anna.write(add={"needs": ["school"]}), anna.write(add={"needs": ["school"]})
    anna.send(second)
    boris.open().save(remove={"needs": ["school"]})
    anna.send(first)
    assert "school" not in server.fields["needs"]


def test_what_one_op_adds_and_removes_it_adds(people: People) -> None:
    server, anna, _ = people
    anna.save(add={"needs": ["school"]}, remove={"needs": ["school", "food"]})
    assert server.fields["needs"] == ["legal", "school"]


def test_elements_are_equal_after_the_declared_normal_form(people: People) -> None:
    server, anna, boris = people
    anna.save(add={"phones": ["A"]})
    boris.save(add={"phones": ["a"]})
    assert server.fields["phones"] == ["A"]
    boris.open().save(remove={"phones": ["a"]})
    assert "phones" not in server.fields


def test_elements_may_be_objects_whose_keys_come_in_any_order() -> None:
    server = Server({"codes": FieldRule(Kind.SET)})
    anna = server.tablet("anna")
    anna.save(add={"codes": [{"oktmo": "12605000", "share": 1}]})
    anna.save(remove={"codes": [{"share": 1.0, "oktmo": "12605000"}]})
    assert server.fields == {}


def test_log_entries_show_in_the_order_of_their_writing_not_of_their_arrival(people: People) -> None:
    server, anna, boris = people
    early, late = anna.write(add={"notes": ["раньше", "и ещё"]}), boris.write(add={"notes": ["позже"]})
    boris.send(late)
    anna.send(early)
    assert [entry["value"] for entry in server.fields["notes"]] == ["первое посещение", "раньше", "и ещё", "позже"]
    assert server.fields["notes"][2] == {"op": "anna-2", "i": 1, "at": early.at, "by": "anna", "value": "и ещё"}


def test_a_log_that_begins_after_the_record_needs_no_main_version(people: People) -> None:
    server = Server()
    anna = server.tablet("anna")
    first, second = anna.write(add={"notes": ["one"]}), anna.write(add={"notes": ["two"]})
    anna.save(set={"title": "Ивановы"})
    anna.send(second, first)
    assert [entry["value"] for entry in server.fields["notes"]] == ["one", "two"]


def test_counts_of_two_tablets_add_up_whoever_saw_whom(people: People) -> None:
    server, anna, boris = people
    anna.save(inc={"attended": 12})
    boris.save(inc={"attended": -2})
    assert server.fields["attended"] == 10


def test_a_counter_shows_its_bound_and_comes_back_exactly(people: People) -> None:
    server, anna, _ = people
    anna.save(inc={"attended": 2**53})
    anna.save(inc={"attended": 5})
    assert server.fields["attended"] == 2**53
    anna.save(inc={"attended": -6})
    assert server.fields["attended"] == 2**53 - 1
    anna.save(inc={"attended": 1 - 2**53})
    assert server.fields["attended"] == 0


def test_a_first_step_out_of_bounds_is_kept_exactly() -> None:
    server = Server()
    anna = server.tablet("anna")
    anna.save(inc={"attended": -(2**53) - 1})
    assert server.fields["attended"] == -(2**53)
    anna.save(inc={"attended": 2})
    assert server.fields["attended"] == 1 - 2**53


def test_the_last_contact_only_moves_on_and_the_first_only_back(people: People) -> None:
    server, anna, boris = people
    anna.save(set={"last_contact": "2026-05-03", "first_contact": "2026-05-03"})
    boris.open().save(set={"last_contact": "2026-04-01", "first_contact": "2026-04-01"})
    assert (server.fields["last_contact"], server.fields["first_contact"]) == ("2026-05-03", "2026-04-01")
    boris.open().save(set={"last_contact": None, "first_contact": None})
    assert (server.fields["last_contact"], server.fields["first_contact"]) == ("2026-05-03", "2026-04-01")
