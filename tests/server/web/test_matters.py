"""The queue beyond расхождения: one number in two records, what a deletion left behind, what a team proposes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server import office as office_service
from server import people
from server.db import reading
from server.models import Attention
from server.office import Change
from tests.server.web.scene import (
    ADMIN,
    OFFICER,
    Browser,
    Office,
    join,
    moment,
    one_snils_twice,
    person,
    proposal,
    text,
    two_addresses,
    visit,
)
from tests.support.world import Tablet

NOTHING = "There is nothing to decide"


@pytest.fixture
def tablet(office: Office) -> Tablet:
    return office.world.tablet()


def key(office: Office, kind: str) -> str:
    """The page of the only open matter of a kind."""
    with office.world.inside(), reading() as connection:
        query = select(Attention.key).where(Attention.kind == kind, Attention.state == "open")
        return f"/queue/{connection.scalars(query).one()}"


def family(tablet: Tablet) -> str:
    made = tablet.family(address="с Басы, ул. Мира, 1")
    tablet.sync(made, *join(tablet, made["id"], "Семёнова", "Алёна", "mother", "1990-05-03"))
    tablet.pull()
    return str(made["id"])


def delete(office: Office, type_name: str, id: str) -> None:
    """An admin deletes a record, having seen it as it is."""
    with office.world.inside():
        change = Change(type_name, id, base=office.world.record(id).rev, delete=True)
        office_service.write(office.world.office, [change])


# --- all kinds ---


def test_the_queue_shows_every_kind_in_plain_words_and_counts_them(office: Office, tablet: Tablet) -> None:
    two_addresses(tablet, office.world.tablet(name="Планшет 2"))
    one_snils_twice(tablet)
    proposal(tablet, family(tablet))
    lone = tablet.family()
    tablet.sync(lone, visit(tablet, lone["id"]))
    delete(office, "family", lone["id"])
    browser = office.signed_in(ADMIN)
    page = browser.see("/queue")
    assert "All 4 Disputes 1 One value twice 1 Signed meanwhile 0 Left after a deletion 1 Proposals of teams 1" in page
    for words in (
        "Dispute: Address",
        "One SNILS in 2 persons",
        "A visit is left without its family",
        "The team proposes to change: Case number",
    ):
        assert words in page
    only = browser.see("/queue?kind=same")
    assert "One SNILS in 2 persons" in only
    assert "Dispute: Address" not in only
    assert "All 4" in browser.see("/queue?kind=nonsense")
    start = browser.see("/")
    assert "Waits for a decision 4 Disputes 1 One value twice 1 Left after a deletion 1 Proposals of teams 1" in start
    assert "One SNILS in 2 persons :" in start
    assert "put aside" not in start


def test_the_queue_speaks_russian(office: Office, tablet: Tablet) -> None:
    one_snils_twice(tablet)
    proposal(tablet, family(tablet))
    page = office.signed_in(ADMIN, "ru").see("/queue")
    assert "Один СНИЛС у 2 человек" in page
    assert "Бригада предлагает изменить: Номер дела" in page


# --- one number in two records ---


def test_an_admin_corrects_the_number_in_one_of_two_records_and_the_matter_closes(
    office: Office, tablet: Tablet
) -> None:
    first, second = one_snils_twice(tablet)
    admin, page = office.signed_in(ADMIN), key(office, "same")
    shown = admin.see(page)
    for word in ("112-233-445 95", "Белова Алёна", "Ким Вера", "Иванова Мария Петровна", "+7 900 000-00-01"):
        assert word in shown
    assert "cannot be joined yet" in shown

    assert "this is the number that stands" in correct(admin, page, second, "112-233-445 95", 422).lower()
    assert "check number does not match" in correct(admin, page, second, "112-233-445 96", 422)
    assert "It is corrected" in correct(admin, page, second, "087-654-303 00", 302)
    assert office.world.record(first).fields["snils"] == "11223344595"
    assert office.world.record(second).fields["snils"] == "08765430300"
    assert NOTHING in admin.see("/queue")
    assert "This is mended. By Смирнова Ольга Игоревна" in admin.see(page)


def test_a_number_can_be_taken_out_and_the_second_admin_hears_that_it_is_mended(office: Office, tablet: Tablet) -> None:
    first, second = one_snils_twice(tablet)
    admin, page = office.signed_in(ADMIN), key(office, "same")
    late = admin.hidden(page)
    correct(admin, page, second, "", 302)
    assert "snils" not in office.world.record(second).fields
    answer = admin.client.post(page, data=late | {"record": first, "value": ""})
    assert answer.status_code == 409
    assert "this is mended already" in text(answer)
    assert office.world.record(first).fields["snils"] == "11223344595"


def correct(browser: Browser, page: str, record: str, value: str, status: int) -> str:
    """Writes a number into one of the records; returns what is then said."""
    answer = browser.post(page, record=record, value=value)
    assert answer.status_code == status, text(answer)
    return browser.see(answer.headers["Location"]) if status == 302 else text(answer)


# --- left after a deletion ---


def test_what_a_deletion_left_is_shown_with_who_deleted_and_one_press_restores(office: Office, tablet: Tablet) -> None:
    home = family(tablet)
    tablet.sync(visit(tablet, home), visit(tablet, home, days=1))
    tablet.pull()
    tablet.sync(tablet.op("family", home, delete=True))
    admin = office.signed_in(ADMIN)
    assert "Left after a deletion 1" in admin.see("/queue")
    assert "and 2 more" in admin.see("/queue")
    page = next(part for part in admin.get("/queue").text.split('href="') if part.startswith("/queue/orphan:"))
    page = page.split('"')[0]
    shown = admin.see(page)
    assert "Deleted by: Иванова Мария Петровна +7 900 000-00-01 Планшет 1" in shown
    assert "2 other records were left with it" in shown
    answer = admin.post(page)
    assert "It is restored" in admin.see(answer.headers["Location"])
    assert NOTHING in admin.see("/queue")
    assert not office.world.record(home).deleted
    assert office.world.record(home).fields["address"] == "с Басы, ул. Мира, 1"
    assert "This is mended. By Смирнова Ольга Игоревна" in admin.see(page)
    assert admin.post(page, page="/account", base="9").status_code == 409


# --- proposals ---


def test_a_proposal_shows_both_values_and_is_accepted(office: Office, tablet: Tablet) -> None:
    home = family(tablet)
    office.world.decide("family", home, 1, number="7/2013")
    tablet.pull()
    op = proposal(tablet, home, household="Корова и огород")
    admin, page = office.signed_in(ADMIN), f"/queue/proposal:{op}"
    shown = admin.see(page)
    for words in ("7/2013 15/2014", "— Корова и огород", "Иванова Мария Петровна +7 900 000-00-01", "Планшет 1"):
        assert words in shown
    answer = admin.post(page, action="release", remark="Спасибо, верно.")
    assert "It is taken over" in admin.see(answer.headers["Location"])
    assert office.world.record(home).fields["number"] == "15/2014"
    said = tablet.sync()
    assert said["settled"] == [{"settled": op, "outcome": "applied"}]
    assert said["notices"][0]["text"].endswith("Спасибо, верно.")
    closed = admin.see(page)
    assert "Taken over. By Смирнова Ольга Игоревна" in closed
    assert "Remark to the author: Спасибо, верно." in closed


def test_a_proposal_is_turned_down_only_with_a_remark_and_the_first_decision_stands(
    office: Office, tablet: Tablet
) -> None:
    home = family(tablet)
    op = proposal(tablet, home)
    office.add("second", "Павлова Нина Сергеевна", people.ADMIN)
    admin, second, page = office.signed_in(ADMIN), office.signed_in("second"), f"/queue/proposal:{op}"
    late = second.hidden(page)
    answer = admin.post(page, action="reject", remark=" ")
    assert (answer.status_code, "Write why" in text(answer)) == (422, True)
    assert admin.post(page, action="reject", remark="Номер занят").status_code == 302
    assert "number" not in office.world.record(home).fields
    assert tablet.sync()["notices"][0]["text"].endswith("Номер занят")

    answer = second.client.post(page, data=late | {"action": "release"})
    assert answer.status_code == 409
    assert "Somebody was faster" in text(answer)
    assert "Rejected: it stays in the history and out of the register. By Смирнова Ольга Игоревна" in text(answer)
    assert "Remark to the author: Номер занят" in text(answer)
    assert "number" not in office.world.record(home).fields


def test_a_proposal_that_the_office_has_overtaken_becomes_a_dispute(office: Office, tablet: Tablet) -> None:
    home = family(tablet)
    op = proposal(tablet, home)
    office.world.decide("family", home, 1, number="7/2013")
    admin, page = office.signed_in(ADMIN), f"/queue/proposal:{op}"
    answer = admin.post(page, action="release")
    assert answer.headers["Location"] == "/queue?kind=dispute"
    assert "Dispute: Case number" in admin.see(answer.headers["Location"])


def test_a_whole_new_record_may_be_a_proposal(office: Office, tablet: Tablet) -> None:
    made = tablet.family(number="15/2014", address="с Басы, ул. Мира, 1")
    tablet.sync(made)
    admin, page = office.signed_in(ADMIN), f"/queue/proposal:{made['op']}"
    assert "The team proposes a new record: Family" in admin.see("/queue")
    assert "с Басы, ул. Мира, 1" in admin.see(page)
    admin.post(page, action="release")
    assert office.world.record(made["id"]).fields["number"] == "15/2014"


# --- signatures ---


def test_an_edit_and_a_signature_that_did_not_know_of_each_other_wait_for_an_admin(
    office: Office, tablet: Tablet
) -> None:
    other = office.world.tablet(name="Планшет 2")
    tablet.sync(met := visit(tablet, family(tablet)))
    tablet.pull()
    other.pull()
    tablet.sync(tablet.op("visit", met["id"], set={"signed_at": moment()}))
    other.sync(other.op("visit", met["id"], set={"purpose": "Забыли про справку"}))
    admin, page = office.signed_in(ADMIN), key(office, "signed")
    assert "Visit: written and signed at the same time" in admin.see("/queue?kind=signed")
    shown = admin.see(page)
    assert "Забыли про справку" in shown
    assert "Signed by: Иванова Мария Петровна" in shown
    answer = admin.post(page, remark="Верно.")
    assert "The decision is recorded" in admin.see(answer.headers["Location"])
    assert NOTHING in admin.see("/queue")
    assert office.world.record(met["id"]).fields["purpose"] == "Забыли про справку"
    assert "By Смирнова Ольга Игоревна" in admin.see(page)
    assert "Remark to the authors: Верно." in admin.see(page)


def test_an_edit_of_what_was_signed_is_a_proposal_in_plain_words(office: Office, tablet: Tablet) -> None:
    tablet.sync(met := visit(tablet, family(tablet)))
    tablet.pull()
    tablet.sync(tablet.op("visit", met["id"], set={"signed_at": moment()}))
    tablet.pull()
    tablet.sync(late := tablet.op("visit", met["id"], set={"purpose": "Иная цель"}))
    admin, page = office.signed_in(ADMIN), f"/queue/proposal:{late['op']}"
    assert "The team proposes to change: Purpose" in admin.see("/queue")
    shown = admin.see(page)
    assert "Иная цель" in shown
    assert "the office writes it" not in shown
    assert "It is taken over" in admin.see(admin.post(page, action="release").headers["Location"])
    assert office.world.record(met["id"]).fields["purpose"] == "Иная цель"


# --- who sees and who decides ---


def test_an_officer_sees_every_kind_and_decides_none(office: Office, tablet: Tablet) -> None:
    one_snils_twice(tablet)
    home = family(tablet)
    op = proposal(tablet, home)
    tablet.sync(visit(tablet, lone := family(tablet)))
    delete(office, "family", lone)
    officer = office.signed_in(OFFICER)
    orphan = officer.get("/queue?kind=orphan").text.split('href="/queue/orphan:')[1].split('"')[0]
    for page in (key(office, "same"), f"/queue/orphan:{orphan}", f"/queue/proposal:{op}"):
        assert "An admin decides" in officer.see(page)
        assert officer.post(page, page="/account", action="release", base="1").status_code == 403


def test_matters_outside_the_reach_are_neither_counted_nor_shown(office: Office, tablet: Tablet) -> None:
    world = office.world
    theirs = world.tablet(world.other_team, "Планшет 2")
    one_snils_twice(tablet)
    op, new = proposal(tablet, family(tablet)), tablet.family(number="3/2026")
    tablet.sync(new)
    office.add("there", "Павлова Нина Сергеевна", people.ADMIN, (world.elsewhere,))
    office.add("here", "Орлова Вера Ильинична", people.ADMIN, (world.here,))
    away, near = office.signed_in("there"), office.signed_in("here")
    pages = (key(office, "same"), f"/queue/proposal:{op}", f"/queue/proposal:{new['op']}")
    assert NOTHING in away.see("/queue")
    assert "All 3" in near.see("/queue")
    for page in pages:
        assert away.get(page).status_code == 404
        assert near.get(page).status_code == 200

    # a number that stands here and elsewhere is a matter for those who see both records
    shared = "087-654-303 00"
    tablet.sync(person(tablet, snils=shared))
    theirs.sync(theirs.op("person", feed=world.elsewhere, set={"surname": "Ким", "given": "Ия", "snils": shared}))
    assert "One value twice 1" in near.see("/queue")
    assert "One value twice 0" in away.see("/queue")
    assert "One value twice 2" in office.signed_in(ADMIN).see("/queue")


def test_the_remark_on_a_decision_is_kept_for_the_office(office: Office, tablet: Tablet) -> None:
    home = two_addresses(tablet, office.world.tablet(name="Планшет 2"))
    admin, page = office.signed_in(ADMIN), f"/queue/disputed:{home}:address"
    assert admin.post(page, choice="own", own="ул. Новая, 1", remark="По телефону.").status_code == 302
    assert "By Смирнова Ольга Игоревна" in admin.see(page)
    assert "Remark to the authors: По телефону." in admin.see(page)
