"""Scenarios for fields with one value at a time: latest, guarded, once, states."""

from __future__ import annotations

import pytest

from tests.sync.desk import Author, Server

People = tuple[Server, Author, Author, Author]


@pytest.fixture
def people() -> People:
    """A server with one record, on the screens of two tablets and of the office."""
    server = Server()
    anna, boris, office = server.tablet("anna"), server.tablet("boris"), server.office()
    anna.save(set={"title": "Ивановы", "address": "Ленина, 1", "family": "A", "status": {"from": None, "to": "open"}})
    return server, anna.open(), boris.open(), office.open()


def test_a_fresh_record_shows_what_was_written_and_has_no_cells() -> None:
    server = Server()
    merged = server.tablet("anna").save(set={"title": "Ивановы", "status": {"from": None, "to": "open"}})
    assert server.fields == {"title": "Ивановы", "status": "open"}
    assert not merged.record.cells
    assert not merged.conflict


def test_merging_leaves_the_record_before_as_it_was(people: People) -> None:
    server, anna, _, _ = people
    before = server.record
    assert before
    shown = dict(before.fields)
    anna.save(set={"title": "Петровы"}, add={"needs": ["food"]}, delete=True)
    assert before.fields == shown
    assert not before.cells


def test_two_tablets_change_one_address_offline_then_the_office_decides(people: People) -> None:
    server, anna, boris, office = people
    first, second = anna.write(set={"address": "Мира, 2"}), boris.write(set={"address": "Мира, 20"})
    assert not anna.send(first).conflict
    assert boris.send(second).conflict
    assert server.fields["address"] == "Мира, 20"
    assert server.disputed() == {"address": ["Мира, 2", "Мира, 20"]}
    office.open().save(set={"address": "Мира, 2"})
    assert server.fields["address"] == "Мира, 2"
    assert server.disputed() == {}


def test_two_spellings_of_one_address_agree(people: People) -> None:
    server, anna, boris, _ = people
    anna.save(set={"address": "МИРА, 2"})
    assert not boris.save(set={"address": "Мира, 2"}).conflict
    assert server.fields["address"] == "Мира, 2"
    assert server.disputed() == {}


def test_of_two_concurrent_titles_the_later_shows_and_nobody_is_asked(people: People) -> None:
    server, anna, boris, _ = people
    early, late = anna.write(set={"title": "early"}), boris.write(set={"title": "late"})
    boris.send(late)
    assert not anna.send(early).conflict
    assert server.fields["title"] == "late"


def test_a_clock_that_runs_ahead_does_not_beat_a_knowing_change(people: People) -> None:
    server, anna, boris, _ = people
    anna.save(at=10**6, set={"address": "Мира, 2"})
    boris.open().save(set={"address": "Садовая, 3"})
    assert server.fields["address"] == "Садовая, 3"
    assert server.disputed() == {}


def test_ops_of_one_tablet_that_arrive_in_reverse_end_with_its_last_word(people: People) -> None:
    server, anna, _, _ = people
    ops = [anna.write(set={"title": text, "address": text}) for text in ("one", "two", "three")]
    anna.send(*reversed(ops))
    assert (server.fields["title"], server.fields["address"]) == ("three", "three")
    assert server.disputed() == {}


def test_an_op_that_comes_weeks_late_is_disputed_with_what_was_written_meanwhile(people: People) -> None:
    server, anna, boris, office = people
    forgotten = anna.write(set={"address": "Мира, 2"})
    boris.save(set={"address": "Садовая, 3"})
    office.open().save(set={"address": "Садовая, 3а"})
    assert anna.send(forgotten).conflict
    assert server.fields["address"] == "Садовая, 3а"
    assert server.disputed() == {"address": ["Мира, 2", "Садовая, 3а"]}


def test_a_late_op_still_replaces_what_its_author_had_seen(people: People) -> None:
    """Its tablet's next op decided between candidates and named one; the late one had replaced both."""
    server, anna, boris, office = people
    office.save(set={"address": "Садовая, 3"})
    boris.save(set={"address": "Мира, 2"})
    late = anna.open().write(set={"address": "Полевая, 4"})
    decided = anna.write(set={"address": "Полевая, 5"}, over=("boris-1",))
    anna.send(decided, late)
    assert server.fields["address"] == "Полевая, 5"
    assert server.disputed() == {}


def test_a_cleared_field_disappears_and_a_concurrent_value_brings_it_back(people: People) -> None:
    server, anna, boris, _ = people
    cleared, changed = anna.write(set={"address": None}), boris.write(set={"address": "Мира, 2"})
    anna.send(cleared)
    assert "address" not in server.fields
    assert boris.send(changed).conflict
    assert server.fields["address"] == "Мира, 2"
    assert server.disputed() == {"address": [None, "Мира, 2"]}


def test_a_record_that_begins_with_a_cleared_field_remembers_who_cleared_it() -> None:
    server = Server()
    anna = server.tablet("anna")
    named, cleared = anna.write(set={"title": "Ивановы"}), anna.write(set={"title": None})
    anna.send(cleared, named)
    assert server.fields == {}


def test_a_tablet_that_decides_a_dispute_replaces_only_what_it_names(people: People) -> None:
    server, anna, boris, office = people
    office.save(set={"address": "Садовая, 3"})
    anna.save(set={"address": "Мира, 2"})
    boris.open().save(set={"address": "Мира, 20"}, over=("anna-2",))
    assert server.disputed() == {"address": ["Садовая, 3", "Мира, 20"]}


def test_a_cloned_tablet_is_heard_as_two_authors(people: People) -> None:
    server, anna, _, _ = people
    twin = anna.clone()
    anna.save(set={"address": "Мира, 2"})
    server.forked.add("anna")
    twin.save(set={"address": "Садовая, 3"})
    anna.save(set={"address": "Полевая, 4"})
    assert server.disputed() == {"address": ["Мира, 2", "Садовая, 3", "Полевая, 4"]}


def test_the_first_family_of_a_visit_stays_and_even_a_knowing_change_is_disputed(people: People) -> None:
    server, _, boris, _ = people
    assert boris.save(set={"family": "B"}).conflict
    assert server.fields["family"] == "A"
    assert server.disputed() == {"family": ["A", "B"]}


def test_a_tablet_that_confirms_the_family_opens_no_dispute(people: People) -> None:
    server, _, boris, _ = people
    assert not boris.save(set={"family": "A"}).conflict
    assert server.disputed() == {}


def test_the_office_corrects_the_family_of_a_visit(people: People) -> None:
    server, _, boris, office = people
    boris.save(set={"family": "B"})
    assert not office.open().save(set={"family": "C"}).conflict
    assert server.fields["family"] == "C"


def test_the_office_answers_for_no_more_than_it_had_seen(people: People) -> None:
    server, _, boris, office = people
    boris.save(set={"family": "B"})
    assert office.save(set={"family": "C"}).conflict
    assert server.disputed() == {"family": ["B", "C"]}


def test_a_late_op_of_a_tablet_stays_corrected(people: People) -> None:
    """The office had seen the tablet's second word, so it answered its first one too, wherever that was."""
    server, _, boris, office = people
    first, second = boris.write(set={"family": "B"}), boris.write(set={"family": "C"})
    boris.send(second)
    office.open().save(set={"family": "D"})
    boris.send(first)
    assert server.fields["family"] == "D"
    assert server.disputed() == {}


def test_an_op_that_overtook_its_senders_earlier_one_is_corrected_with_it(people: People) -> None:
    server, _, boris, office = people
    first, second = boris.write(set={"family": "B"}), boris.write(set={"family": "C"})
    boris.send(second)
    office.open()
    boris.send(first)
    office.save(set={"family": "D"})
    assert server.fields["family"] == "D"
    assert server.disputed() == {}


def test_two_different_next_states_at_once_are_disputed(people: People) -> None:
    server, anna, boris, _ = people
    anna.save(set={"status": {"from": "open", "to": "done"}})
    assert boris.save(set={"status": {"from": "open", "to": "refused"}}).conflict
    assert server.fields["status"] == "refused"
    assert server.disputed() == {"status": ["done", "refused"]}


def test_one_next_state_from_two_tablets_agrees(people: People) -> None:
    server, anna, boris, _ = people
    anna.save(set={"status": {"from": "open", "to": "done"}})
    assert not boris.save(set={"status": {"from": "open", "to": "done"}}).conflict
    assert server.fields["status"] == "done"


def test_an_op_on_another_field_is_no_conflict_while_a_dispute_is_open(people: People) -> None:
    _, anna, boris, office = people
    anna.save(set={"address": "Мира, 2"})
    boris.save(set={"address": "Мира, 20"})
    merged = office.open().save(set={"title": "Ивановы-Петровы"})
    assert not merged.conflict
    assert merged.disputed == {"address"}


def test_the_last_named_feed_places_the_record(people: People) -> None:
    server, anna, boris, _ = people
    first, second = anna.write(feed="north"), boris.write(feed="south")
    boris.send(second)
    anna.send(first)
    assert server.record
    assert server.record.feed == "south"
