"""Signatures: scenarios, and their law on random histories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

import sync
from tests.support.runs import Run
from tests.sync.desk import Author, Server
from tests.sync.histories import EPOCH, Arrival
from tests.sync.orders import another_order
from tests.sync.register import Register, arrived, seen
from tests.sync.signatures import SIGNED, SIGNING, Judged, SignedWorld, expected

People = tuple[Server, Author, Author, Author]
SIGN = {"signed_at": "2026-05-03"}
RETURN = {"review": {"from": "submitted", "to": "returned"}}
ACCEPT = {"review": {"from": "submitted", "to": "accepted"}}


@pytest.fixture
def people() -> People:
    """A server with one visit, on the screens of two tablets and of the office."""
    server = Server(SIGNED, SIGNING)
    anna, boris, office = server.tablet("anna"), server.tablet("boris"), server.office()
    anna.save(set={"title": "Посещение"})
    return server, anna.open(), boris.open(), office.open()


def test_an_edit_of_a_signed_visit_is_a_proposal_and_changes_nothing(people: People) -> None:
    server, anna, boris, _ = people
    anna.save(set=SIGN)
    boris.open().save(set={"title": "Другое"})
    assert server.proposals() == ["boris-1"]
    assert server.fields == {"title": "Посещение", **SIGN}
    assert server.flags() == {}


def test_an_edit_that_had_not_seen_the_signature_is_merged_and_flagged(people: People) -> None:
    server, anna, boris, _ = people
    edit = boris.write(set={"title": "Другое"})
    anna.save(set=SIGN)
    assert sync.judge(server.record, edit) == "conflict"
    boris.send(edit)
    assert server.fields["title"] == "Другое"
    assert server.flags() == {"boris-1": "conflict"}


def test_a_signature_that_comes_after_an_edit_it_had_not_seen_flags_the_same(people: People) -> None:
    server, anna, boris, _ = people
    signed = anna.write(set=SIGN)
    boris.save(set={"title": "Другое"})
    anna.send(signed)
    assert server.flags() == {"boris-1": "conflict"}


def test_an_edit_that_the_signer_had_seen_is_signed_with_the_rest(people: People) -> None:
    server, anna, boris, _ = people
    boris.save(set={"title": "Другое"})
    anna.open().save(set=SIGN)
    assert server.flags() == {}


def test_a_signers_own_earlier_edit_that_comes_late_is_open(people: People) -> None:
    server, anna, _, _ = people
    edit, signed = anna.write(set={"title": "Другое"}), anna.write(set=SIGN)
    anna.send(signed, edit)
    assert server.fields["title"] == "Другое"
    assert server.flags() == {}


def test_a_signers_own_later_edit_that_overtook_the_signature_is_taken_out_again(people: People) -> None:
    server, anna, _, _ = people
    signed, edit = anna.write(set=SIGN), anna.write(set={"title": "Другое"})
    anna.send(edit)
    assert sync.overtaken(server.record, signed, SIGNING)
    anna.send(signed)
    assert server.proposals() == ["anna-3"]
    assert server.fields["title"] == "Посещение"


def test_a_merged_proposal_is_flagged_while_nobody_has_taken_it_out(people: People) -> None:
    server, anna, _, _ = people
    signed, edit = anna.write(set=SIGN), anna.write(set={"title": "Другое"})
    record = sync.merge(server.record, edit, SIGNED, server.epoch, 2, SIGNING).record
    record = sync.merge(record, signed, SIGNED, server.epoch, 3, SIGNING).record
    assert sync.flags(record) == {"anna-3": "proposal"}


def test_a_visit_that_the_office_returned_is_open_to_who_knows_it(people: People) -> None:
    server, anna, boris, office = people
    anna.save(set=SIGN)
    boris.open()
    office.open().save(set=RETURN)
    anna.open().save(set={"title": "Другое"})
    assert server.fields["title"] == "Другое"
    boris.save(set={"title": "Третье"})
    assert server.proposals() == ["boris-1"]


def test_a_visit_that_was_signed_again_is_locked_again(people: People) -> None:
    server, anna, boris, office = people
    anna.save(set=SIGN)
    office.open().save(set=RETURN)
    anna.open().save(set={"signed_at": "2026-05-10"})
    boris.open().save(set={"title": "Другое"})
    assert server.proposals() == ["boris-1"]


def test_an_edit_of_a_returned_visit_is_judged_the_same_after_the_next_review(people: People) -> None:
    server, anna, boris, office = people
    anna.save(set=SIGN)
    office.open().save(set=RETURN)
    late = boris.open().write(set={"title": "Другое"})
    office.open().save(set=ACCEPT)
    boris.send(late)
    assert server.proposals() == []
    assert server.fields["title"] == "Другое"


def test_the_office_may_correct_a_signed_visit_and_take_back_a_signature(people: People) -> None:
    server, anna, boris, office = people
    anna.save(set=SIGN)
    office.open().save(set={"title": "Другое"})
    office.save(set={"signed_at": None})
    boris.open().save(set={"title": "Третье"})
    assert server.fields == {"title": "Третье"}
    assert server.flags() == {}


def test_a_second_signature_by_who_had_seen_the_first_is_a_proposal_and_locks_nothing(people: People) -> None:
    server, anna, boris, office = people
    anna.save(set=SIGN)
    boris.open().save(set={"signed_at": "2026-05-10"})
    office.open().save(set=RETURN)
    boris.open().save(set={"title": "Другое"})
    assert server.proposals() == ["boris-1"]
    assert server.fields["title"] == "Другое"


@pytest.mark.parametrize("decision", [ACCEPT, RETURN, {"title": "Третье"}])
def test_a_flag_falls_when_the_office_writes_on_having_seen_both(people: People, decision: dict[str, object]) -> None:
    server, anna, boris, office = people
    edit = boris.write(set={"title": "Другое"})
    anna.save(set=SIGN)
    boris.send(edit)
    office.open().save(set=decision)
    assert server.flags() == {}


def test_a_voided_signature_locks_nothing(people: People) -> None:
    server, anna, boris, office = people
    anna.save(set=SIGN)
    boris.open().save(set={"title": "Другое"})
    office.open().save(void=("anna-2",))
    assert server.proposals() == []
    assert server.fields["title"] == "Другое"


def test_a_signature_that_comes_home_after_an_edit_that_had_seen_it_takes_that_out(people: People) -> None:
    """The edit was never sent to the server that is lost."""
    server, anna, boris, _ = people
    server.back_up()
    signed = anna.write(set=SIGN)
    anna.send(signed)
    edit = boris.open().write(set={"title": "Другое"})
    server.restore()
    boris.send(edit)
    assert server.fields["title"] == "Другое"
    anna.send(signed)
    assert server.proposals() == ["boris-1"]
    assert server.fields == {"title": "Посещение", **SIGN}


def test_two_signatures_that_claim_to_have_seen_each_other_are_judged_in_any_order(people: People) -> None:
    _, anna, boris, _ = people
    history = [
        (replace(author.write(set=SIGN), base=9), ((EPOCH, rev),)) for rev, author in enumerate((anna, boris), 2)
    ]
    verdicts = sync.judged(history, SIGNING)
    assert verdicts == {"anna-2": "open", "boris-1": "proposal"}
    assert sync.judged(history[::-1], SIGNING) == verdicts


def test_a_record_that_nobody_signs_has_no_marks(people: People) -> None:
    server, anna, _, _ = people
    assert server.record
    assert "m" not in sync.to_state(server.record)
    anna.save(set=SIGN)
    assert sync.from_state(server.fields, sync.to_state(server.record)) == server.record


# The law


def judged(office: Register) -> Judged:
    """What the register holds."""
    record = office.record
    proposals = {arrival.op.op for arrival in office.held}
    if record is None:
        return Judged(None, {}, proposals)
    return Judged(seen(record, SIGNED), {op: str(said) for op, said in sync.flags(record).items()}, proposals)


def signed_histories(seed: int, count: int) -> Iterator[tuple[str, SignedWorld]]:
    for number in range(count):
        name = f"{seed}/{number}"
        random = Random(name)
        yield name, SignedWorld(random, restores=random.choice((0, 0, 1)))


def first_difference_in_signing(seed: int, count: int) -> str | None:
    """The first history, and the event in it, after which a server does not hold what it should by definition."""
    for name, world in signed_histories(seed, count):
        office = Register(SIGNED, SIGNING)
        for number, event in enumerate(world.live(), 1):
            office.hear(event)
            if isinstance(event, Arrival) and judged(office) != expected([*office.history, *office.held]):
                return f"history {name}, event {number}"
    return None


@pytest.mark.proof
def test_a_server_holds_what_it_should_after_every_op(run: Run) -> None:
    assert first_difference_in_signing(run.seed, run.histories // 5) is None


@pytest.mark.proof
def test_verdicts_do_not_depend_on_the_order_of_arrival(run: Run) -> None:
    for name, world in signed_histories(run.seed, run.histories // 5):
        office, events = Register(SIGNED, SIGNING), world.live()
        for event in events:
            office.hear(event)
        there = [*office.history, *office.held]
        order = another_order(Random(name), [event for event in events if event in there])
        assert judged(arrived(Register(SIGNED, SIGNING), order, office.lives)) == judged(office), f"history {name}"
