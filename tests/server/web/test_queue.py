"""The queue of расхождения: an admin decides what two tablets said, and nothing that came later is overwritten."""

from __future__ import annotations

import re

import pytest

from server import people
from tests.server.web.scene import ADMIN, OFFICER, Browser, Office, text, two_addresses
from tests.support.world import Tablet

MIRA, SADOVAYA, LENINA = (f"с Образцовое, ул. {street}" for street in ("Мира, 7", "Садовая, 12", "Ленина, 5"))


@pytest.fixture
def tablets(office: Office) -> tuple[Tablet, Tablet]:
    return office.world.tablet(), office.world.tablet(name="Планшет 2")


@pytest.fixture
def family(tablets: tuple[Tablet, Tablet]) -> str:
    """A family whose address two tablets changed apart."""
    return two_addresses(*tablets)


@pytest.fixture
def place(family: str) -> str:
    """The page of its расхождение."""
    return f"/queue/disputed:{family}:address"


def choice(browser: Browser, page: str, value: str) -> str:
    """What the form sends for a candidate: the radio button before the value."""
    form = re.sub("</?mark>", "", browser.get(page).text)
    return form[: form.index(f'<span class="value">{value}')].rsplit('name="choice" value="', 1)[1].split('"')[0]


def decide(browser: Browser, page: str, value: str, **fields: str) -> str:
    """Chooses a candidate; returns what the page then says."""
    answer = browser.post(page, choice=choice(browser, page, value), **fields)
    assert answer.status_code == 302, text(answer)
    return browser.see(answer.headers["Location"])


def test_two_tablets_change_one_address_apart_and_an_admin_decides(
    office: Office, tablets: tuple[Tablet, Tablet], family: str, place: str
) -> None:
    admin = office.signed_in(ADMIN)
    assert "Dispute: Address Family" in admin.see("/queue")
    page = admin.see(place)
    for word in (LENINA, MIRA, SADOVAYA, "Иванова Мария Петровна", "+7 900 000-00-01", "Планшет 1", "Планшет 2"):
        assert word in page
    assert "The decision is recorded" in decide(admin, place, MIRA)
    assert "There is nothing to decide" in admin.see("/queue")
    for tablet in tablets:
        tablet.pull()
        assert tablet.records[family]["fields"]["address"] == MIRA
        assert "disputed" not in tablet.records[family]


def test_the_family_card_tells_who_wrote_what_and_what_the_decision_replaced(
    office: Office, family: str, place: str
) -> None:
    admin = office.signed_in(ADMIN)
    decide(admin, place, SADOVAYA)
    story = admin.see(f"/families/{family}").split("History")[-1]
    newest = story.index("Смирнова Ольга Игоревна, office")
    assert newest < story.index("Иванова Мария Петровна, Планшет 1 (Здоровая семья)")
    assert f"Address {SADOVAYA} {MIRA}; {SADOVAYA} in force" in story or f"{SADOVAYA}; {MIRA} in force" in story
    assert f"Address {LENINA} replaced" in story


def test_an_admin_phones_and_writes_a_value_of_their_own(office: Office, family: str, place: str) -> None:
    admin = office.signed_in(ADMIN)
    answer = admin.post(place, choice="own", own="  с Образцовое, ул. Новая, 1 ")
    assert answer.status_code == 302
    assert office.world.record(family).fields["address"] == "с Образцовое, ул. Новая, 1"


def test_a_decision_that_says_nothing_or_nonsense_changes_nothing(office: Office, family: str, place: str) -> None:
    admin = office.signed_in(ADMIN)
    for fields, said in (
        ({}, "Choose one of the values"),
        ({"choice": "01900000-0000-7000-8000-000000000000"}, "Choose again"),
        ({"choice": "own", "own": " "}, "Fill in your own value"),
        ({"choice": "own", "own": "я" * 400}, "Too long"),
        ({"choice": "own", "own": "Новая", "base": "x"}, "The form is damaged"),
    ):
        answer = admin.post(place, **fields)
        assert answer.status_code == 422
        assert said in text(answer)
    assert office.world.record(family).disputed


def test_a_value_that_comes_after_the_page_was_opened_is_not_overwritten(
    office: Office, tablets: tuple[Tablet, Tablet], family: str, place: str
) -> None:
    admin = office.signed_in(ADMIN)
    opened = admin.hidden(place) | {"choice": choice(admin, place, MIRA)}
    third = office.world.tablet(name="Планшет 3")
    third.sync(third.op("family", family, set={"address": "с Образцовое, ул. Степная, 3"}))
    answer = admin.client.post(place, data=opened)
    assert answer.headers["Location"] == place
    page = admin.see(place)
    assert "another value has arrived meanwhile" in page
    assert MIRA in page
    assert "ул. Степная, 3" in page
    assert "Смирнова Ольга Игоревна" in page


def test_a_candidate_that_its_author_takes_back_meanwhile_is_not_decided_for(
    office: Office, tablets: tuple[Tablet, Tablet], family: str, place: str
) -> None:
    admin = office.signed_in(ADMIN)
    opened = admin.hidden(place) | {"choice": choice(admin, place, MIRA)}
    _, second = tablets
    second.sync(second.op("family", family, set={"address": "с Образцовое, ул. Степная, 3"}))
    answer = admin.client.post(place, data=opened)
    assert answer.status_code == 422
    assert "taken back meanwhile" in text(answer)
    assert "ул. Степная, 3" in text(answer)


def test_the_second_of_two_admins_sees_what_the_first_decided(office: Office, family: str, place: str) -> None:
    office.add("second", "Павлова Нина Сергеевна", people.ADMIN)
    first, second = office.signed_in(ADMIN), office.signed_in("second")
    opened = second.hidden(place) | {"choice": choice(second, place, SADOVAYA)}
    decide(first, place, MIRA)
    answer = second.client.post(place, data=opened)
    assert answer.status_code == 409
    assert "Somebody was faster" in text(answer)
    assert f"Decided: {MIRA}. By Смирнова Ольга Игоревна" in text(answer)
    assert office.world.record(family).fields["address"] == MIRA


def test_an_officer_sees_the_candidates_and_decides_nothing(office: Office, family: str, place: str) -> None:
    admin, officer = office.signed_in(ADMIN), office.signed_in(OFFICER)
    assert MIRA in officer.see(place)
    assert "An admin decides" in officer.see(place)
    fields = {"choice": choice(admin, place, MIRA), "base": "3", "epoch": ""}
    assert officer.post(place, page="/account", **fields).status_code == 403
    assert office.world.record(family).disputed


def test_a_remark_reaches_the_tablets_whose_values_stood_against_each_other(
    office: Office, tablets: tuple[Tablet, Tablet], family: str, place: str
) -> None:
    bystander = office.world.tablet(name="Планшет 3")
    decide(office.signed_in(ADMIN), place, MIRA, remark="Проверено по телефону.")
    for tablet in tablets:
        (notice,) = tablet.sync()["notices"]
        assert notice["record"] == family
        assert notice["text"].endswith("Проверено по телефону.")
    assert not bystander.sync()["notices"]


def test_a_state_is_decided_as_a_legal_step(office: Office, tablets: tuple[Tablet, Tablet]) -> None:
    first, second = tablets
    made = first.family(case_status={"from": None, "to": "new"})
    first.sync(made)
    second.pull()
    second.sync(second.op("family", made["id"], set={"case_status": {"from": "new", "to": "closed"}}))
    first.sync(first.op("family", made["id"], set={"case_status": {"from": "new", "to": "active"}}))
    admin, page = office.signed_in(ADMIN), f"/queue/disputed:{made['id']}:case_status"
    assert "The last value that all knew of: Detected" in admin.see(page)
    decide(admin, page, "Closed")
    assert office.world.record(made["id"]).fields["case_status"] == "closed"


def test_an_edit_met_a_delete_and_the_admin_lets_the_record_live(
    office: Office, tablets: tuple[Tablet, Tablet]
) -> None:
    first, second = tablets
    made = first.family(address=LENINA)
    first.sync(made)
    second.pull()
    second.sync(second.op("family", made["id"], delete=True))
    first.sync(first.op("family", made["id"], set={"address": MIRA}))
    admin, page = office.signed_in(ADMIN), f"/queue/revived:{made['id']}"
    assert "Deletion of the record" in admin.see("/queue")
    decide(admin, page, "kept")
    assert not office.world.record(made["id"]).deleted
    assert "There is nothing to decide" in admin.see("/queue")


def test_a_territory_is_chosen_from_the_list(office: Office, tablets: tuple[Tablet, Tablet]) -> None:
    first, second = tablets
    world = office.world
    made = first.family()
    first.sync(made)
    second.pull()
    second.sync(second.op("family", made["id"], set={"territory": world.there}))
    first.sync(first.op("family", made["id"], set={"territory": world.here, "address": MIRA}))
    admin = office.signed_in(ADMIN)
    page = f"/queue/disputed:{made['id']}:territory"
    assert "Бирючекосинский сельсовет" in admin.see(page)
    assert admin.post(page, choice="own", own=world.elsewhere).status_code == 302
    assert world.record(made["id"]).fields["territory"] == world.elsewhere
