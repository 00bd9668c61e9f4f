"""Proof of agreement: the tablet says what it holds, and hears when that is not what it should hold."""

from __future__ import annotations

from client_stub import agreement
from tests.client_stub.fake_server import FEED, FakeServer
from tests.client_stub.field import Tablet, family


def test_a_tablet_at_the_head_of_its_scope_says_what_it_holds(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    tablet.visits(home, "заметка")
    tablet.comes_home()
    fake.office_writes("family", {"household": "козы"}, home)
    tablet.comes_home()
    gone = family(fake, "ул. Мира, д. 3")
    tablet.comes_home()
    fake.takes_away(gone)
    tablet.comes_home()
    tablet.comes_home()

    assert fake.requests[1]["digests"] == {}, "nothing was pulled yet"
    assert set(fake.requests[-1]["digests"]) == set(fake.scope)
    assert set(fake.requests[-1]["digests"][FEED]) == {"family", "visit"}
    assert fake.agreed
    assert all(fake.agreed)


def test_in_the_middle_of_a_pull_nothing_is_said_of_what_is_held(fake: FakeServer, tablet: Tablet) -> None:
    tablet.comes_home()
    fake.page = 1
    for house in range(4):
        family(fake, f"ул. Мира, д. {house}")
    fake.faults = ["", "deaf", "deaf", "deaf"]

    assert tablet.comes_home().trouble
    assert agreement.digests(tablet.store) == {}
    tablet.comes_home()
    assert agreement.digests(tablet.store)


def test_a_tablet_that_lost_records_is_healed_and_says_that_all_is_handed_in_only_when_it_agrees(
    fake: FakeServer, tablet: Tablet
) -> None:
    homes = [family(fake, f"ул. Мира, д. {house}") for house in range(3)]
    tablet.comes_home()
    assert tablet.comes_home().is_all_handed_in
    tablet.store.db.table("server").delete(homes[1])

    healed = tablet.comes_home()

    assert fake.agreed[-1] is False
    assert healed.rewound
    assert not healed.is_all_handed_in
    assert tablet.sees(homes[1])
    agreed = tablet.comes_home()
    assert fake.agreed[-1] is True
    assert agreed.is_all_handed_in


def test_a_feed_of_which_everything_was_lost_shows(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    tablet.store.db.table("server").delete(home)

    tablet.comes_home()

    assert fake.agreed[-1] is False
    assert tablet.sees(home)


def test_all_is_handed_in_only_with_an_empty_outbox_and_nothing_to_offer(fake: FakeServer, tablet: Tablet) -> None:
    home = family(fake)
    tablet.comes_home()
    backup = fake.backs_up()
    tablet.corrects(home, household="козы")
    assert not tablet.comes_home(push=False).is_all_handed_in
    assert tablet.comes_home().is_all_handed_in
    fake.restores(backup)
    assert not tablet.comes_home(push=False).is_all_handed_in
    assert tablet.comes_home().is_all_handed_in
